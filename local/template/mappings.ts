import { functionArn, queueArn, queueUrl } from './addresses.ts'
import type { Cloud, Declared } from './cloud.ts'
import { declaredStreams, type Stream } from './topics.ts'

interface Mapping {
  readonly functionArn: string
  /** Most records in one invocation. */
  readonly batchSize: number
  readonly windowSeconds: number
  readonly reportsFailures: boolean
}

/** An event-source mapping that reads a queue. */
export interface QueueMapping extends Mapping {
  readonly queueUrl: string
  readonly queueArn: string
  /** Most batches at once; null when the template sets no limit. */
  readonly mostConcurrent: number | null
}

/** An event-source mapping that reads a stream. */
export interface StreamMapping extends Mapping {
  readonly stream: Stream
  /** Batches of one shard at once: AWS calls it the parallelization factor. */
  readonly factor: number
  readonly bisects: boolean
  readonly mostConcurrent: number
}

interface ScalingConfig {
  readonly MaximumConcurrency?: number
}

const mappingOf = (mapping: Declared, defaultBatchSize: number, timeScale: number): Mapping => {
  const target = String(mapping.get('FunctionName'))
  const responses = (mapping.get('FunctionResponseTypes') ?? []) as readonly string[]
  return {
    functionArn: target.startsWith('arn:') ? target : functionArn(target),
    batchSize: Number(mapping.get('BatchSize') ?? defaultBatchSize),
    windowSeconds: Number(mapping.get('MaximumBatchingWindowInSeconds') ?? 0) / timeScale,
    reportsFailures: responses.includes('ReportBatchItemFailures'),
  }
}

/** The template's event-source mappings of queues, with their windows divided by `timeScale`. */
export const declaredQueueMappings = (cloud: Cloud, busUrl: string, timeScale: number): QueueMapping[] =>
  cloud.all('AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
    const arn = String(mapping.get('EventSourceArn'))
    const queue = arn.split(':').at(-1) ?? ''
    if (arn.includes(':kinesis:')) return []
    if (arn !== queueArn(queue))
      throw new Error(`${mapping.id} reads ${arn}: the local run knows only queues and streams`)
    const scaling = (mapping.get('ScalingConfig') ?? {}) as ScalingConfig
    return {
      ...mappingOf(mapping, 10, timeScale),
      queueArn: arn,
      queueUrl: queueUrl(busUrl, queue),
      mostConcurrent: scaling.MaximumConcurrency ?? null,
    }
  })

/** The local run never gives up on a record. It refuses a mapping that would. */
const requireEndless = (mapping: Declared) => {
  for (const name of ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds'])
    if (Number(mapping.get(name) ?? -1) !== -1)
      throw new Error(`${mapping.id} sets ${name}: the local run knows only -1 (never give up)`)
}

/** The template's event-source mappings of streams, with their windows divided by `timeScale`. */
export const declaredStreamMappings = (cloud: Cloud, timeScale: number): StreamMapping[] => {
  const streams = declaredStreams(cloud)
  return cloud.all('AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
    const stream = streams.find(({ arn }) => arn === mapping.get('EventSourceArn'))
    if (!stream) return []
    requireEndless(mapping)
    const factor = Number(mapping.get('ParallelizationFactor') ?? 1)
    return {
      ...mappingOf(mapping, 100, timeScale),
      stream,
      factor,
      bisects: mapping.get('BisectBatchOnFunctionError') === true,
      mostConcurrent: factor * stream.shards,
    }
  })
}
