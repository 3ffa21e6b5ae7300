import { SQSClient } from '@aws-sdk/client-sqs'
import { done, type Outcome, retry } from '../../core/outcome.ts'
import type { Stream } from '../../core/ports.ts'
import { type ItemCodec, packItems } from '../pack/pack.ts'
import { type SendOptions, sendBodies } from './send.ts'

/** 64 KB are one billed request; base64 makes 4 bytes of 3, and 60 KB leave room for SQS's own fields. */
const packBytes = 45_000

/** Below the 8 s in which a callback must answer, and above any stall that a healthy queue shows. */
const defaults: SendOptions = { deadlineMs: 5_000, maxTries: 8 }

/**
 * One connection pool a process. Retries are ours: those of the SDK cover no partial failures. A call that hangs is
 * given up in time for another try before the deadline; without `throwOnRequestTimeout` the SDK only warns of it.
 */
const connect = () =>
  new SQSClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  })

/** A topic that also tells how many packs the bus has confirmed: what it bills. */
export interface PackedStream<T> extends Stream<T> {
  readonly packs: () => number
}

/** A topic on an SQS standard queue: items travel in packs, and each answers with its pack's outcome. */
export const sqsStream = <T>(
  queueUrl: string,
  codec: ItemCodec<T>,
  { client = connect(), ...options }: Partial<SendOptions> & { readonly client?: SQSClient } = {},
): PackedStream<T> => {
  let confirmed = 0
  const publish = async (batch: readonly T[]) => {
    const packs = packItems(codec, batch, packBytes)
    const bodies = packs.map(({ bytes }) => bytes.toString('base64'))
    const failures = await sendBodies(client, queueUrl, bodies, { ...defaults, ...options })
    const outcomes: Outcome[] = []
    packs.forEach(({ count }, i) => {
      const failure = failures[i] ?? null
      if (failure === null) confirmed++
      const outcome = failure === null ? done : retry(`sqs ${failure}`)
      for (let n = 0; n < count; n++) outcomes.push(outcome)
    })
    return outcomes
  }
  return { publish, packs: () => confirmed }
}
