import { type Cloud, type Declared, functionArn } from '../template/cloud.ts'
import { declaredStreams, type Stream } from './streams.ts'

/** An event-source mapping that reads a stream. */
export interface StreamMapping {
  readonly functionArn: string
  readonly stream: Stream
  /** Most records in one invocation. */
  readonly batchSize: number
  readonly windowSeconds: number
  /** Batches of one shard that are worked on at once. */
  readonly factor: number
  readonly bisects: boolean
  readonly reportsFailures: boolean
  readonly mostConcurrent: number
}

/** The runner never gives up a record, so it needs no place for those that are; what says otherwise is refused. */
const requireEndless = (mapping: Declared) => {
  for (const name of ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds'])
    if (Number(mapping.get(name) ?? -1) !== -1)
      throw new Error(`${mapping.id} sets ${name}: the local run knows only -1, which never gives up`)
}

const declaredStreamMapping = (mapping: Declared, stream: Stream): StreamMapping => {
  requireEndless(mapping)
  const target = String(mapping.get('FunctionName'))
  const factor = Number(mapping.get('ParallelizationFactor') ?? 1)
  const responses = (mapping.get('FunctionResponseTypes') ?? []) as readonly string[]
  return {
    functionArn: target.startsWith('arn:') ? target : functionArn(target),
    stream,
    batchSize: Number(mapping.get('BatchSize') ?? 100),
    windowSeconds: Number(mapping.get('MaximumBatchingWindowInSeconds') ?? 0),
    factor,
    bisects: mapping.get('BisectBatchOnFunctionError') === true,
    reportsFailures: responses.includes('ReportBatchItemFailures'),
    mostConcurrent: factor * stream.shards,
  }
}

/** The template's mappings of streams; their windows divided by `timeScale`. */
export const declaredStreamMappings = (cloud: Cloud, timeScale: number): StreamMapping[] => {
  const streams = declaredStreams(cloud)
  return cloud.all('AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
    const stream = streams.find(({ arn }) => arn === mapping.get('EventSourceArn'))
    if (!stream) return []
    const declared = declaredStreamMapping(mapping, stream)
    return { ...declared, windowSeconds: declared.windowSeconds / timeScale }
  })
}
