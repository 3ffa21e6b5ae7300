import type { SQSEvent } from 'aws-lambda'
import type pg from 'pg'
import type { Call } from '../../../adapters/aws/call.ts'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { packItems } from '../../../adapters/pack/pack.ts'
import { postgresMessageStore } from '../../../adapters/postgres/write/message-store.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { openPulseTopic, pulseTopicHandler, rawTopicHandler } from '../../../adapters/sqs/index.ts'
import { storeRaw } from '../../../core/ingest/store-raw.ts'
import type { Lane } from '../../../core/message/lane.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { pulseWorker } from '../../../test/support/pipeline.ts'
import { busEvent } from '../../bus/events.ts'

/** As large as the SQS adapter makes them. */
const packBytes = 45_000

const eventOf = (bodies: readonly string[]) => busEvent('sqs', bodies) as SQSEvent

/** Slices of `batch` messages, each as the event of an invocation. */
export const rawEvents = (log: readonly RawItem[], batch: number): SQSEvent[] => {
  const events: SQSEvent[] = []
  for (let at = 0; at < log.length; at += batch) {
    const packs = packItems(rawItemCodec, log.slice(at, at + batch), packBytes)
    events.push(eventOf(packs.map(({ bytes }) => bytes.toString('base64'))))
  }
  return events
}

/** A queue that keeps what it is sent. The cost of a call to AWS is not measured here. */
const keepingQueue = () => {
  const bodies: string[] = []
  const call: Call = async (_action, input) => {
    const { Entries } = input as { Entries: { Id: string; MessageBody: string }[] }
    for (const { MessageBody } of Entries) bodies.push(MessageBody)
    return { Successful: Entries.map(({ Id }) => ({ Id })) }
  }
  return { bodies, call }
}

const succeed = (answer: { batchItemFailures: readonly unknown[] }) => {
  if (answer.batchItemFailures.length > 0)
    throw new Error('A worker asked for a pack again, so the figures would be wrong.')
}

/** The two workers of a lane as deployed, from the event to the answer, on one connection. */
export const workers = (pool: pg.Pool, lane: Lane) => {
  const { bodies, call } = keepingQueue()
  const pulse = openPulseTopic('https://queue.invalid', { call })
  const raw = rawTopicHandler(lane, storeRaw({ store: postgresMessageStore(pool), pulse, digest: sha256 }, lane))
  const count = pulseTopicHandler(lane, pulseWorker(pool, lane))
  const timed = async (
    invoke: (event: SQSEvent) => Promise<{ batchItemFailures: readonly unknown[] }>,
    event: SQSEvent,
  ) => {
    const begin = performance.now()
    succeed(await invoke(event))
    return performance.now() - begin
  }
  return {
    /** Returns the events for the pulse worker, batch by batch, and the milliseconds of each invocation. */
    raw: async (events: readonly SQSEvent[]) => {
      const following: SQSEvent[] = []
      const millis: number[] = []
      for (const event of events) {
        millis.push(await timed(raw, event))
        following.push(eventOf(bodies.splice(0)))
      }
      return { following, millis }
    },
    pulse: async (events: readonly SQSEvent[]) => {
      const millis: number[] = []
      for (const event of events) millis.push(await timed(count, event))
      return { millis }
    },
  }
}
