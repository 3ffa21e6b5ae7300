import type { TableName } from './tables.ts'

/** A known error of the published tables. */
export interface Known {
  /** misprint: a printed digit is wrong. slip: the cell follows its formula, but that is not what is billed. */
  readonly kind: 'misprint' | 'slip'
  readonly tables: readonly TableName[]
  readonly row: string
  /** One column. Missing: all columns. */
  readonly devices?: number
  readonly text: string
}

const aws: TableName[] = ['4.2', '4.3', '4.4', '4.5']

export const known: readonly Known[] = [
  {
    kind: 'misprint',
    tables: ['5.2'],
    row: 'per device',
    devices: 180_000,
    text: 'ten times too high: 38 / 180,000 = 0.0002',
  },
  {
    kind: 'misprint',
    tables: ['5.3'],
    row: 'per device',
    devices: 180_000,
    text: 'ten times too high: 128 / 180,000 = 0.0007',
  },
  {
    kind: 'slip',
    tables: ['4.4', '4.5'],
    row: 'Kinesis',
    devices: 1_000,
    text: 'no shard at all: with its one shard 12.43, the total is 12.41 higher',
  },
  {
    kind: 'slip',
    tables: ['4.2', '4.3'],
    row: 'SQS',
    text: 'counts two sends a message; with receive and delete it is six requests (6,307.20 at 3.6M); the free million is left out',
  },
  {
    kind: 'slip',
    tables: aws,
    row: 'NLB',
    text: 'by bytes only, without its hour (16.43 a month); by new UDP flows it would be 5.48 at 500 a second',
  },
  {
    kind: 'slip',
    tables: ['4.2'],
    row: 'API Gateway',
    text: 'first tier for every request: the tier above 300M makes 1,345.89 of 1,457.43 at 3.6M; the free million ends after a year',
  },
  {
    kind: 'slip',
    tables: ['4.5'],
    row: 'Lambda',
    text: 'the batch of ten is applied to one of two functions, and ten messages are billed the 200 ms of one: with both batched 317.25, total 484.20 at 3.6M',
  },
  {
    kind: 'slip',
    tables: aws,
    row: 'EC2',
    text: 'us-east-1, beside API Gateway and Kinesis of eu-west-1; three machines at 3.6M, where the load test read 160 % CPU',
  },
  {
    kind: 'slip',
    tables: aws,
    row: 'total',
    text: 'no database, logs, public addresses, endpoints or traffic',
  },
  { kind: 'slip', tables: ['4.4', '4.5'], row: 'Kinesis', text: '0.0165 a million is used, the text says 0.016' },
  {
    kind: 'slip',
    tables: ['5.2', '5.3'],
    row: 'DEV1-S x 6',
    text: '2.99 and 15.99 rounded up to 3 and 16; 0.00 at 3.6M where the other size is blank elsewhere',
  },
  { kind: 'slip', tables: ['5.3'], row: 'Datadog 6 hosts', text: '15 dollars a host added as 15 euros' },
]
