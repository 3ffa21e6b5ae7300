import { vi } from 'vitest'
import type { Patience } from '../../../adapters/bus/publish.ts'
import * as kinesisAdapter from '../../../adapters/kinesis/index.ts'
import * as sqsAdapter from '../../../adapters/sqs/index.ts'
import type { MessageId } from '../../../core/message/identity.ts'
import type { Outcome } from '../../../core/message/outcome.ts'
import type { RejectRecord } from '../../../core/message/rejects.ts'
import type { Stream } from '../../../core/message/stream.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { connectKinesis, connectSqs } from '../../../local/bus/aws-client.ts'
import { openCheckpoints } from '../../../local/bus/checkpoints.ts'
import { readQueue } from '../../../local/bus/queue-reader.ts'
import { readShard } from '../../../local/bus/shard-reader.ts'
import { makeQueues, makeStream } from '../../../local/bus/topics.ts'
import { startKinesisServer, startSqsServer } from '../../../local/engines/bus-server.ts'
import type { Invocation } from '../../../local/functions/function-process.ts'
import type { Running } from '../../../local/process/child.ts'
import { freePort } from '../../../local/process/ports.ts'
import { queueArn, queueUrl, streamArn } from '../../../local/template/addresses.ts'
import { temporaryFolder } from '../../support/local.ts'

type RawUseCase = (batch: readonly RawItem[]) => Promise<Outcome[]>
type PulseUseCase = (batch: readonly (MessageId | RejectRecord)[]) => Promise<Outcome[]>
type Invoke = (event: never) => Promise<object>

/** One topic on a bus, seen from both ends. */
export interface Topic {
  /** `busUrl` takes it to another place than the emulator. */
  readonly openRaw: (options?: Partial<Patience>, busUrl?: string) => Stream<RawItem>
  readonly openPulse: (options?: Partial<Patience>) => Stream<MessageId>
  /** Puts a record there that no door of ours has written. */
  readonly put: (bytes: Buffer) => Promise<void>
  /** Hands what comes to the use case until `endReading`, as the platform would. */
  readonly readRaw: (useCase: RawUseCase) => void
  readonly readPulse: (useCase: PulseUseCase) => void
}

export interface EmulatedBus {
  readonly name: string
  readonly keepsOrder: boolean
  readonly start: () => Promise<{
    /** A topic of its own for each test; SQS makes visible again after a second what comes again. */
    readonly makeTopic: () => Promise<Topic>
    readonly endReading: () => Promise<void>
    readonly stop: () => Promise<void>
  }>
}

/** What every client of AWS needs to be told. */
const stubAws = (busUrl: string) => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_SQS: busUrl,
    AWS_ENDPOINT_URL_KINESIS: busUrl,
  }
  for (const [key, value] of Object.entries(environment)) vi.stubEnv(key, value)
}

const invoking =
  (handler: Invoke) =>
  async (event: unknown): Promise<Invocation> => {
    try {
      return { ok: true, payload: await handler(event as never) }
    } catch (error) {
      return { ok: false, error: { type: 'Error', message: String(error) } }
    }
  }

const startBus = async (launch: (dataDir: string, port: number) => Promise<Running>) => {
  const folder = temporaryFolder()
  const port = await freePort()
  const server = await launch(folder.path, port)
  const url = `http://127.0.0.1:${port}`
  stubAws(url)
  const reading: (() => Promise<void>)[] = []
  const endReading = async () => void (await Promise.all(reading.splice(0).map((stop) => stop())))
  const stop = async () => {
    await server.stop()
    folder.remove()
  }
  return { url, dataDir: folder.path, reading, endReading, stop }
}

const sqs: EmulatedBus = {
  name: 'SQS',
  keepsOrder: false,
  start: async () => {
    const { url, reading, endReading, stop } = await startBus((dataDir, port) => startSqsServer(dataDir, port, true))
    const client = connectSqs(url)
    let made = 0
    const makeTopic = async (): Promise<Topic> => {
      const name = `topic-${++made}`
      await makeQueues(client, url, [{ name, attributes: { VisibilityTimeout: '1' } }])
      const address = queueUrl(url, name)
      const source = { functionArn: '', queueArn: queueArn(name), queueUrl: address }
      const limits = { batchSize: 10, windowSeconds: 0, reportsFailures: true, mostConcurrent: null }
      const read = (handler: Invoke) =>
        reading.push(readQueue({ ...source, ...limits }, { sqs: client, invoke: invoking(handler) }, 1).stop)
      return {
        openRaw: (options, busUrl = url) => sqsAdapter.openRawTopic(queueUrl(busUrl, name), options),
        openPulse: (options) => sqsAdapter.openPulseTopic(address, options),
        put: (bytes) => client('SendMessage', { QueueUrl: address, MessageBody: bytes.toString('base64') }),
        readRaw: (useCase) => void read(sqsAdapter.rawTopicHandler('sigfox', useCase)),
        readPulse: (useCase) => void read(sqsAdapter.pulseTopicHandler('sigfox', useCase)),
      }
    }
    return { makeTopic, endReading, stop }
  },
}

const shards = 2

const kinesis: EmulatedBus = {
  name: 'Kinesis',
  keepsOrder: true,
  start: async () => {
    const { url, dataDir, reading, endReading, stop } = await startBus(startKinesisServer)
    const client = connectKinesis(url)
    const checkpoints = openCheckpoints(dataDir)
    let made = 0
    const makeTopic = async (): Promise<Topic> => {
      const name = `topic-${++made}`
      const stream = { name, arn: streamArn(name), shards }
      await makeStream(client, stream)
      const limits = { batchSize: 10, windowSeconds: 0, factor: 2, bisects: true, reportsFailures: true }
      const mapping = { functionArn: '', stream, mostConcurrent: 4, ...limits }
      const read = (handler: Invoke) => {
        let isStopping = false
        const delivery = { invoke: invoking(handler), isStopping: () => isStopping }
        const readers = Array.from({ length: shards }, (_, n) =>
          readShard(mapping, `shardId-00000000000${n}`, client, checkpoints, delivery),
        )
        reading.push(async () => {
          isStopping = true
          await Promise.all(readers.map(({ ended }) => ended))
        })
      }
      return {
        openRaw: (options, busUrl = url) => {
          vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', busUrl)
          return kinesisAdapter.openRawTopic(name, options)
        },
        openPulse: (options) => kinesisAdapter.openPulseTopic(name, options),
        put: (bytes) => client('PutRecord', { StreamName: name, PartitionKey: '0', Data: bytes.toString('base64') }),
        readRaw: (useCase) => void read(kinesisAdapter.rawTopicHandler('sigfox', useCase)),
        readPulse: (useCase) => void read(kinesisAdapter.pulseTopicHandler('sigfox', useCase)),
      }
    }
    return { makeTopic, endReading, stop }
  },
}

export const emulatedBuses = [sqs, kinesis]
