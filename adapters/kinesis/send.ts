import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { type Limits, type SendOptions, sendRecords } from '../bus/send.ts'
import { type GroupedPack, placeOf } from './partition.ts'

/** The partition key counts as well. */
const keyBytes = 64

/**
 * Limits of one PutRecords call. Its current page says 10 MiB a call and up to 10 MiB a record where a stream allows
 * it, older ones say 5 MiB and 1 MiB: these hold for both.
 */
const limits: Limits = { records: 500, bytes: 5_000_000, recordBytes: 1_048_576 }

const sendOnce = async (
  client: KinesisClient,
  streamName: string,
  packs: readonly GroupedPack[],
  signal: AbortSignal,
): Promise<(string | null)[]> => {
  const Records = packs.map(({ bytes, group }) => ({ Data: bytes, ...placeOf(group) }))
  const command = new PutRecordsCommand({ StreamName: streamName, Records })
  const answer = await client.send(command, { abortSignal: signal })
  return (answer.Records ?? []).map(({ SequenceNumber, ErrorCode }) =>
    SequenceNumber && !ErrorCode ? null : (ErrorCode ?? 'failed without a code'),
  )
}

/**
 * Sends all packs; what fails is sent again alone.
 * @returns per pack, in order: null once Kinesis has confirmed it, else why it has not
 */
export const sendPacks = (
  client: KinesisClient,
  streamName: string,
  packs: readonly GroupedPack[],
  options: SendOptions,
) =>
  sendRecords(
    packs,
    ({ bytes }) => bytes.length + keyBytes,
    limits,
    (some, signal) => sendOnce(client, streamName, some, signal),
    options,
  )
