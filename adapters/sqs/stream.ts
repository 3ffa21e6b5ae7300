import { type Call, openCall } from '../aws/call.ts'
import { defaultSendOptions, requestTimeouts, type SendOptions } from '../bus/send.ts'
import { type PackedStream, packedStream } from '../bus/stream.ts'
import { type ItemCodec, packItems } from '../pack/pack.ts'
import { sendBodies } from './send.ts'

/** 64 KB are one billed request; base64 makes 4 bytes of 3, and 60 KB leave room for SQS's own fields. */
const packBytes = 45_000

const sqs = { name: 'sqs', target: 'AmazonSQS', jsonVersion: '1.0' } as const

/** One connection pool a topic. A queue's URL says where its service is, on AWS as beside an emulator. */
const connect = (queueUrl: string) => openCall(sqs, queueUrl, requestTimeouts)

/** A topic on an SQS standard queue. */
export const sqsStream = <T>(
  queueUrl: string,
  codec: ItemCodec<T>,
  { call = connect(queueUrl), ...options }: Partial<SendOptions> & { readonly call?: Call } = {},
): PackedStream<T> =>
  packedStream(
    'sqs',
    (batch) => ({ packs: packItems(codec, batch, packBytes) }),
    (packs) => {
      const bodies = packs.map(({ bytes }) => bytes.toString('base64'))
      return sendBodies(call, queueUrl, bodies, { ...defaultSendOptions, ...options })
    },
  )
