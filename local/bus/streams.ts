import { type Cloud, type Declared, streamArn } from '../template/cloud.ts'
import { type Call, connectAws } from './aws-json.ts'

export type Kinesis = Call

export const connectKinesis = (url: string): Kinesis => connectAws(url, 'kinesis', 'Kinesis_20131202')

export interface Stream {
  readonly name: string
  readonly arn: string
  readonly shards: number
}

/** As many as AWS gives a new stream on demand. */
const shardsOnDemand = 4

const declaredStream = (stream: Declared): Stream => ({
  name: stream.name,
  arn: streamArn(stream.name),
  shards: Number(stream.get('ShardCount') ?? shardsOnDemand),
})

export const declaredStreams = (cloud: Cloud): Stream[] => cloud.all('AWS::Kinesis::Stream').map(declaredStream)

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
