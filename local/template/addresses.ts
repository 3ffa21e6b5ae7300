import { accountId, region } from '../process/overrides.ts'

/** Where the local counterparts of the cloud's services listen. */
export interface Addresses {
  /** The bus: queues or streams. */
  readonly busUrl: string
  readonly databaseHost: string
  readonly databasePort: number
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`

export const functionArn = (name: string) => arn('lambda', `function:${name}`)
export const queueArn = (name: string) => arn('sqs', name)
export const streamArn = (name: string) => arn('kinesis', `stream/${name}`)
export const secretArn = (name: string) => arn('secretsmanager', `secret:${name}`)

export const queueUrl = (busUrl: string, name: string) => `${busUrl}/${accountId}/${name}`

/** Whether `arn` is that of the function, with or without a version. */
export const isOfFunction = (arn: string, ofFunction: string) => `${arn}:`.startsWith(`${ofFunction}:`)
