import { largestBodyBytes } from '../../../core/sigfox/callback.ts'
import { type Decimal, decimal, least, most, over, roundUp, times, zero } from './decimal.ts'
import type { Deployment, WorkerSettings } from './deployment.ts'
import { given } from './measured.ts'
import { secondsAMonth } from './months.ts'
import { messagesByLane, sigfoxPayloadBytes, type Traffic } from './traffic.ts'

/** What one topic of a lane carries in a month, and the invocations of its worker. */
export interface TopicFlow {
  readonly messages: Decimal
  /** Bytes of items in packs, before any encoding. */
  readonly bytes: Decimal
  readonly records: Decimal
  readonly invocations: Decimal
}

interface LaneFlow {
  readonly messages: Decimal
  readonly raw: TopicFlow
  readonly pulse: TopicFlow
}

export interface Flow {
  /** Requests at the Sigfox door. */
  readonly callbacks: Decimal
  readonly sigfox: LaneFlow
  readonly nbiot: LaneFlow
}

/** Bytes of records in one invocation's event (AWS Lambda quotas). */
const eventBytes = decimal(6_000_000)
/** Shards are read once a second. */
const streamReadsASecond = decimal(1)
const bytesOfBase64 = over(decimal(4), decimal(3))

export const encoded = (bytes: Decimal, bus: Deployment['bus']) => (bus === 'sqs' ? times(bytes, bytesOfBase64) : bytes)

/** Bus records for `messages` in `publishes`: at least one a publish, and more if the bytes need them. */
const recordsOf = (packBytes: number, messages: Decimal, publishes: Decimal, bytes: Decimal) =>
  packBytes === 0 ? messages : most(publishes, over(bytes, decimal(packBytes)))

/** How often a month windows of `seconds` close in all `collectors`, if something always waits. */
const closings = (collectors: Decimal, seconds: Decimal) => over(times(collectors, secondsAMonth), seconds)

/** The shards that a stream needs, at 1 MB or 1,000 records a second each. */
export const shardsNeeded = (records: Decimal, bytes: Decimal): Decimal =>
  most(
    decimal(1),
    roundUp(over(records, times(secondsAMonth, decimal(1_000)))),
    roundUp(over(bytes, times(secondsAMonth, decimal(1_000_000)))),
  )

/**
 * Invocations of a worker. Each poller, or reader of a shard, collects a batch. It invokes the worker when its window ends, or
 * the batch or the event is full. There is at most one invocation a record.
 */
const invocationsOf = (worker: WorkerSettings, bus: Deployment['bus'], records: Decimal, bytes: Decimal): Decimal => {
  const collectors = bus === 'sqs' ? given('pollers') : decimal(worker.maxConcurrency)
  const shortest = bus === 'sqs' ? times(given('receiveMilliseconds'), decimal('0.001')) : streamReadsASecond
  const windowSeconds = most(decimal(worker.windowSeconds), shortest)
  return most(
    least(records, closings(collectors, windowSeconds)),
    over(records, decimal(worker.batchSize)),
    over(encoded(bytes, bus), eventBytes),
  )
}

const topicFlow = (
  { bus, packBytes }: Deployment,
  worker: WorkerSettings,
  messages: Decimal,
  publishes: Decimal,
  itemBytes: Decimal,
): TopicFlow => {
  const bytes = times(messages, itemBytes)
  const records = recordsOf(packBytes, messages, publishes, bytes)
  return { messages, bytes, records, invocations: invocationsOf(worker, bus, records, bytes) }
}

/** On a stream, a publish of raw messages makes a record for each group of devices in it. */
const grouped = ({ bus }: Deployment, messages: Decimal, publishes: Decimal) =>
  bus === 'sqs' ? publishes : least(messages, times(publishes, given('packGroups')))

const laneFlow = (deployment: Deployment, messages: Decimal, publishes: Decimal, itemBytes: Decimal): LaneFlow => {
  const raw = topicFlow(deployment, deployment.raw, messages, grouped(deployment, messages, publishes), itemBytes)
  return {
    messages,
    raw,
    pulse: topicFlow(deployment, deployment.pulse, messages, raw.invocations, given('idItemBytes')),
  }
}

/** Requests at the Sigfox door: one a message, or one a second, and more if a body would be too large. */
const callbacksOf = ({ callbacks }: Traffic, messages: Decimal): Decimal =>
  callbacks === 'one-by-one'
    ? messages
    : most(least(messages, secondsAMonth), over(times(messages, given('callbackLineBytes')), decimal(largestBodyBytes)))

/** Publishes of the tasks: one a linger and task if something always waits, and at most one a message. */
const lingers = ({ gateway }: Deployment, arrivals: Decimal): Decimal =>
  least(arrivals, closings(decimal(gateway.tasks), over(decimal(gateway.lingerMilliseconds), decimal(1_000))))

/** What flows through a deployment in a month. */
export const flowOf = (deployment: Deployment, traffic: Traffic): Flow => {
  const { sigfox, nbiot } = messagesByLane(traffic)
  const callbacks = callbacksOf(traffic, sigfox)
  const sigfoxPublishes = deployment.sigfoxDoor === 'container' ? lingers(deployment, callbacks) : callbacks
  const nbiotPublishes = nbiot > zero ? lingers(deployment, nbiot) : zero
  return {
    callbacks,
    sigfox: laneFlow(deployment, sigfox, sigfoxPublishes, sigfoxPayloadBytes + given('sigfoxItemBytes')),
    nbiot: laneFlow(deployment, nbiot, nbiotPublishes, traffic.datagramBytes + given('nbiotItemBytes')),
  }
}
