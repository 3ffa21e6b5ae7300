import { SQSClient } from '@aws-sdk/client-sqs'
import { defaultSendOptions, maxAttempts, requestTimeouts, type SendOptions } from '../bus/send.ts'
import { type PackedStream, packedStream } from '../bus/stream.ts'
import { type ItemCodec, packItems } from '../pack/pack.ts'
import { sendBodies } from './send.ts'

/** 64 KB are one billed request; base64 makes 4 bytes of 3, and 60 KB leave room for SQS's own fields. */
const packBytes = 45_000

/** One connection pool a process. */
const connect = () => new SQSClient({ maxAttempts, requestHandler: requestTimeouts })

/** A topic on an SQS standard queue. */
export const sqsStream = <T>(
  queueUrl: string,
  codec: ItemCodec<T>,
  { client = connect(), ...options }: Partial<SendOptions> & { readonly client?: SQSClient } = {},
): PackedStream<T> =>
  packedStream(
    'sqs',
    (batch) => ({ packs: packItems(codec, batch, packBytes) }),
    (packs) => {
      const bodies = packs.map(({ bytes }) => bytes.toString('base64'))
      return sendBodies(client, queueUrl, bodies, { ...defaultSendOptions, ...options })
    },
  )
