import { KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { defaultSendOptions, maxAttempts, requestTimeouts, type SendOptions } from '../bus/send.ts'
import { type PackedStream, packedStream } from '../bus/stream.ts'
import type { ItemCodec } from '../pack/pack.ts'
import type { Partition } from './partition.ts'
import { sendPacks } from './send.ts'

/** 25 KB are one billed unit, the partition key included. */
const packBytes = 24_000

/**
 * One connection pool a process. By itself the client speaks HTTP/2, which emulators break off in larger calls. And it
 * goes to a host of the account where it knows the account, by a stream's ARN or from its credentials: only the host of
 * the region is certain to lead through the network's endpoint, so streams are called by name.
 */
const connect = () =>
  new KinesisClient({
    maxAttempts,
    requestHandler: new NodeHttpHandler(requestTimeouts),
    accountIdEndpointMode: 'disabled',
  })

/** A topic on a Kinesis stream. */
export const kinesisStream = <T>(
  streamName: string,
  codec: ItemCodec<T>,
  partition: Partition<T>,
  { client = connect(), ...options }: Partial<SendOptions> & { readonly client?: KinesisClient } = {},
): PackedStream<T> =>
  packedStream(
    'kinesis',
    (batch) => partition(codec, batch, packBytes),
    (packs) => sendPacks(client, streamName, packs, { ...defaultSendOptions, ...options }),
  )
