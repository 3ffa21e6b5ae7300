import { type Decimal, decimal, least, most, over, sum, times } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import { encoded, type Flow, shardsNeeded, type TopicFlow } from './flow.ts'
import { given } from './measured.ts'
import { daysAMonth, hoursAMonth, secondsAMonth } from './months.ts'
import { part, type Usage, usage } from './usage.ts'

interface Topic {
  readonly name: string
  readonly flow: TopicFlow
}

const topicsOf = ({ sigfox, nbiot }: Flow): Topic[] => [
  { name: 'ProcessRawDataSigfox', flow: sigfox.raw },
  { name: 'ProcessPulseDataSigfox', flow: sigfox.pulse },
  { name: 'ProcessRawDataNBIoT', flow: nbiot.raw },
  { name: 'ProcessPulseDataNBIoT', flow: nbiot.pulse },
]

const payloadUnit = decimal(65_536)
const mostOfACall = decimal(10)

/** A receive returns what has come since the last one: one record while the pollers keep up, at most ten. */
const receives = ({ flow }: Topic): Decimal => {
  const perMonth = over(times(given('pollers'), secondsAMonth, decimal(1_000)), given('receiveMilliseconds'))
  return most(
    over(flow.records, mostOfACall),
    least(flow.records, perMonth),
    over(encoded(flow.bytes, 'sqs'), payloadUnit),
  )
}

const sqsUsage = (topics: Topic[]): Usage =>
  usage(
    'sqs.request',
    true,
    ...topics.flatMap((topic) => [
      part(`${topic.name}: sends`, most(topic.flow.records, over(encoded(topic.flow.bytes, 'sqs'), payloadUnit))),
      part(`${topic.name}: receives`, receives(topic)),
      part(`${topic.name}: deletes`, most(topic.flow.invocations, over(topic.flow.records, mostOfACall))),
      part(
        `${topic.name}: empty receives, at most`,
        over(times(given('pollers'), secondsAMonth), given('emptyReceiveSeconds')),
      ),
    ]),
  )

const putUnit = decimal(25_600)
const gigabyte = decimal(1_000_000_000)
/** On demand, records are metered in steps of this many bytes. */
const recordStep = decimal(1_024)

const provisionedUsage = (topics: Topic[], { shards, streamRetentionDays }: Deployment): Usage[] => {
  const hours = topics.map(({ name, flow }) => {
    const count = typeof shards === 'number' ? decimal(shards) : shardsNeeded(flow.records, flow.bytes)
    return part(name, times(count, hoursAMonth))
  })
  return [
    usage('kinesis.shard-hour', true, ...hours),
    ...(streamRetentionDays > 1 ? [usage('kinesis.retention-hour', true, ...hours)] : []),
    usage(
      'kinesis.put-unit',
      true,
      ...topics.map(({ name, flow }) => part(name, most(flow.records, over(flow.bytes, putUnit)))),
    ),
  ]
}

const onDemandUsage = (topics: Topic[], { streamRetentionDays }: Deployment): Usage[] => {
  const gigabytes = ({ flow }: Topic) => over(most(flow.bytes, times(flow.records, recordStep)), gigabyte)
  const kept = over(decimal(streamRetentionDays - 1), daysAMonth)
  return [
    usage('kinesis.stream-hour', true, part('streams', times(decimal(topics.length), hoursAMonth))),
    usage('kinesis.in-gb', true, ...topics.map((topic) => part(topic.name, gigabytes(topic)))),
    usage('kinesis.out-gb', true, ...topics.map((topic) => part(topic.name, gigabytes(topic)))),
    usage('kinesis.stored-gb', true, ...topics.map((topic) => part(topic.name, times(gigabytes(topic), kept)))),
  ]
}

/** What the bus bills. Reading a stream is free, reading a queue is not. */
export const busUsage = (deployment: Deployment, flow: Flow): Usage[] => {
  const topics = topicsOf(flow)
  if (deployment.bus === 'sqs') return [sqsUsage(topics)]
  return deployment.shards === 'on-demand' ? onDemandUsage(topics, deployment) : provisionedUsage(topics, deployment)
}

/** Bytes between the bus and the functions inside the network, which its endpoint bills. */
export const bytesThroughEndpoint = (flow: Flow, bus: Deployment['bus']): Decimal =>
  sum([flow.sigfox.pulse, flow.nbiot.pulse, flow.nbiot.raw].map(({ bytes }) => encoded(bytes, bus)))
