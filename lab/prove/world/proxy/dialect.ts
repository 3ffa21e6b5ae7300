/** A call to either bus. */
export interface BusCall {
  /** `other` is for creating queues, reading attributes and similar calls. */
  readonly action: 'publish' | 'receive' | 'delete' | 'other'
  /** Name of the queue or stream. */
  readonly topic: string
  /** The records of a publish as written in the request. Empty for other calls. */
  readonly records: readonly string[]
}

type Json = Record<string, unknown>

interface Dialect {
  readonly target: RegExp
  readonly actions: Readonly<Record<string, BusCall['action']>>
  readonly topicOf: (request: Json) => unknown
  /** Names in the request: the list of entries, and the record in an entry. */
  readonly entries: string
  readonly record: string
  /** Completes the bus's answer, which lacks the entries that `failed` withheld from it. */
  readonly merge: (request: Json, answer: Json, failed: (place: number) => boolean) => Json
  readonly errorType: string
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value : [])

const sqs: Dialect = {
  target: /^AmazonSQS\.(\w+)$/,
  actions: {
    SendMessageBatch: 'publish',
    ReceiveMessage: 'receive',
    DeleteMessage: 'delete',
    DeleteMessageBatch: 'delete',
  },
  topicOf: ({ QueueUrl }) => String(QueueUrl).split('/').at(-1),
  entries: 'Entries',
  record: 'MessageBody',
  merge: (request, answer, failed) => ({
    ...answer,
    Failed: [
      ...listOf(answer.Failed),
      ...listOf(request.Entries)
        .filter((_, place) => failed(place))
        .map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false, Message: 'refused by the fault proxy' })),
    ],
  }),
  errorType: 'com.amazonaws.sqs#InternalError',
}

const kinesis: Dialect = {
  target: /^Kinesis_20131202\.(\w+)$/,
  actions: { PutRecords: 'publish', GetRecords: 'receive' },
  topicOf: ({ StreamName, StreamARN }) => StreamName ?? String(StreamARN).split('/').at(-1),
  entries: 'Records',
  record: 'Data',
  merge: (request, answer, failed) => {
    const taken = listOf(answer.Records)
    const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'refused by the fault proxy' }
    const records = listOf(request.Records).map((_, place) => (failed(place) ? refused : (taken.shift() ?? refused)))
    return { ...answer, Records: records, FailedRecordCount: records.filter(({ ErrorCode }) => ErrorCode).length }
  },
  errorType: 'InternalFailure',
}

export interface Understood extends BusCall {
  readonly errorType: string
  readonly count: number
  /** The request without the entries that fail. */
  readonly without: (failed: (place: number) => boolean) => string
  readonly merge: (answer: string, failed: (place: number) => boolean) => string
}

/** Reads a request from its `x-amz-target` and JSON body. Null where it belongs to neither bus. */
export const understand = (target: string, body: string): Understood | null => {
  const dialect = [sqs, kinesis].find((candidate) => candidate.target.test(target))
  if (!dialect) return null
  const action = dialect.actions[dialect.target.exec(target)?.[1] ?? ''] ?? 'other'
  const request = JSON.parse(body || '{}') as Json
  const entries = listOf(request[dialect.entries])
  return {
    action,
    topic: String(dialect.topicOf(request)),
    records: action === 'publish' ? entries.map((entry) => String(entry[dialect.record])) : [],
    errorType: dialect.errorType,
    count: entries.length,
    without: (failed) =>
      JSON.stringify({ ...request, [dialect.entries]: entries.filter((_, place) => !failed(place)) }),
    merge: (answer, failed) => JSON.stringify(dialect.merge(request, JSON.parse(answer || '{}'), failed)),
  }
}
