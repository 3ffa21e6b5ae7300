import type { Stream } from '../template/topics.ts'
import { type Call, connectAws } from './aws-client.ts'

export type Kinesis = Call

export const connectKinesis = (url: string): Kinesis => connectAws(url, 'kinesis', 'Kinesis_20131202')

interface Summary {
  readonly StreamDescriptionSummary: { readonly StreamCreationTimestamp: number }
}

/** Makes the stream if it is missing. Answers when it was made: another stream of that name is another instant. */
export const makeStream = async (kinesis: Kinesis, { name, shards }: Stream): Promise<number> => {
  const describe = async () => {
    const { StreamDescriptionSummary } = await kinesis<Summary>('DescribeStreamSummary', { StreamName: name })
    return StreamDescriptionSummary.StreamCreationTimestamp
  }
  try {
    return await describe()
  } catch {
    await kinesis('CreateStream', { StreamName: name, ShardCount: shards })
    return describe()
  }
}
