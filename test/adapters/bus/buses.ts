import { KinesisClient, PutRecordsCommand, type PutRecordsCommandInput } from '@aws-sdk/client-kinesis'
import { mockClient } from 'aws-sdk-client-mock'
import type { Call } from '../../../adapters/aws/call.ts'
import type { PackedStream, Patience } from '../../../adapters/bus/publish.ts'
import { openRawTopic as openKinesis } from '../../../adapters/kinesis/index.ts'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { unpackItems } from '../../../adapters/pack/pack.ts'
import { openRawTopic as openSqs } from '../../../adapters/sqs/index.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { callbackOf12Bytes } from '../pack/items.ts'

/** What a bus does with a record: takes it, refuses it, says both, or does not speak of it. */
type Fate = 'taken' | 'refused' | 'both' | 'unmentioned'
/** `item` is the number of the record's first item, `call` counts from 1. Throwing fails the whole call. */
type Behaviour = (item: number, call: number) => Fate

interface MockedBus {
  readonly name: string
  readonly open: (options?: Partial<Patience>) => PackedStream<RawItem>
  /** Lets the bus behave so, and keeps for each call the numbers of its records' first items. */
  readonly behaves: (behaviour: Behaviour) => number[][]
  /** What the bus answers to a call of which it says nothing. */
  readonly saysNothing: () => void
  readonly reset: () => void
  readonly mostRecords: number
  readonly mostBytes: number
}

/** The n-th of items that each fill a pack of their own on every bus. */
export const large = (n: number): Uplink => ({ ...callbackOf12Bytes(n), payload: Buffer.alloc(30_000, n) })
export const larges = (count: number) => Array.from({ length: count }, (_, n) => large(n))

const firstItem = (pack: Uint8Array): number => {
  const [item] = unpackItems(rawItemCodec, Buffer.from(pack)) as [Uplink]
  return item.seqNumber
}

type Entries = readonly { readonly Id: string; readonly MessageBody: string }[]
let sqs: Call
const sqsBus: MockedBus = {
  name: 'SQS',
  open: (options) => openSqs('https://sqs/raw', { call: (...given) => sqs(...given), ...options }),
  behaves: (behaviour) => {
    const calls: number[][] = []
    sqs = async (_action, input) => {
      const { Entries } = input as { Entries: Entries }
      const items = Entries.map(({ MessageBody }) => firstItem(Buffer.from(MessageBody, 'base64')))
      calls.push(items)
      const fates = items.map((item) => behaviour(item, calls.length))
      const among = (...wanted: Fate[]) => Entries.filter((_, i) => wanted.includes(fates[i] as Fate))
      return {
        Successful: among('taken', 'both').map(({ Id }) => ({ Id, MessageId: 'any', MD5OfMessageBody: 'any' })),
        Failed: among('refused', 'both').map(({ Id }) => ({ Id, Code: 'Refused', SenderFault: false })),
      }
    }
    return calls
  },
  saysNothing: () => {
    sqs = async () => ({})
  },
  reset: () => undefined,
  mostRecords: 10,
  mostBytes: 1_048_576,
}

const client = new KinesisClient({ region: 'eu-west-1' })
const kinesis = mockClient(client)
const answers: Record<Fate, object[]> = {
  taken: [{ SequenceNumber: '1', ShardId: 'shardId-000000000000' }],
  refused: [{ ErrorCode: 'Refused', ErrorMessage: 'any' }],
  both: [{ SequenceNumber: '1', ShardId: 'shardId-000000000000', ErrorCode: 'Refused' }],
  unmentioned: [],
}
const kinesisBus: MockedBus = {
  name: 'Kinesis',
  open: (options) => openKinesis('raw', { client, ...options }),
  behaves: (behaviour) => {
    const calls: number[][] = []
    kinesis.on(PutRecordsCommand).callsFake(({ Records = [] }: PutRecordsCommandInput) => {
      const items = Records.map(({ Data = new Uint8Array() }) => firstItem(Data))
      calls.push(items)
      return { Records: items.flatMap((item) => answers[behaviour(item, calls.length)]) }
    })
    return calls
  },
  saysNothing: () => void kinesis.on(PutRecordsCommand).resolves({ Records: [] }),
  reset: () => void kinesis.reset(),
  mostRecords: 500,
  mostBytes: 5_000_000,
}

export const mockedBuses = [sqsBus, kinesisBus]
