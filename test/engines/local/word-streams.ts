import { connectKinesis } from '../../../local/bus/aws-client.ts'
import { readStreams } from '../../../local/bus/stream-reader.ts'
import { makeStream } from '../../../local/bus/topics.ts'
import { startKinesisServer } from '../../../local/engines/bus-server.ts'
import type { Invocation } from '../../../local/functions/function-process.ts'
import type { Running } from '../../../local/process/child.ts'
import { freePort } from '../../../local/process/ports.ts'
import { streamArn } from '../../../local/template/addresses.ts'
import type { StreamMapping } from '../../../local/template/mappings.ts'
import type { Stream } from '../../../local/template/topics.ts'
import { eventually, temporaryFolder } from '../../support/local.ts'

export interface Event {
  readonly Records: readonly { readonly kinesis: { readonly data: string; readonly sequenceNumber: string } }[]
}
type Worker = (words: readonly string[], event: Event) => Invocation | Promise<Invocation>

export const ok: Invocation = { ok: true, payload: null }
export const failed: Invocation = { ok: false, error: { type: 'Error', message: 'any' } }

const wordsOf = ({ Records }: Event) => Records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString())

/** A partial response that names the first record of each word as failed. */
export const naming = (event: Event, words: readonly string[]): Invocation => {
  const numbers = words.map((word) => event.Records[wordsOf(event).indexOf(word)]?.kinesis.sequenceNumber)
  return { ok: true, payload: { batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })) } }
}

const keyOfAll = (_word: string): string => 'key'

/** An emulator with streams of words, and readers that deliver them to a worker. */
export const openKinesis = async () => {
  const folder = temporaryFolder()
  const port = await freePort()
  let server: Running = await startKinesisServer(folder.path, port)
  const url = `http://127.0.0.1:${port}`
  const kinesis = connectKinesis(url)
  const reading = new Set<() => Promise<void>>()
  let made = 0

  const put = async (stream: Stream, words: readonly string[], keyOf = keyOfAll) => {
    const Records = words.map((word) => ({ Data: Buffer.from(word).toString('base64'), PartitionKey: keyOf(word) }))
    await kinesis('PutRecords', { StreamName: stream.name, Records })
  }

  /** A new stream that holds the words. */
  const streamOf = async (words: readonly string[], { shards = 1, keyOf = keyOfAll } = {}) => {
    const name = `stream-${++made}`
    const stream: Stream = { name, arn: streamArn(name), shards }
    await makeStream(kinesis, stream)
    if (words.length > 0) await put(stream, words, keyOf)
    return stream
  }

  /** Reads the stream with a worker, and keeps the words of each batch. `stop` first handles all that waits. */
  const read = (stream: Stream, worker: Worker, changes: Partial<StreamMapping> = {}) => {
    const batches: string[][] = []
    const limits = { batchSize: 100, windowSeconds: 0, factor: 1, bisects: true, reportsFailures: true }
    const mapping = { functionArn: 'arn:worker', stream, mostConcurrent: 1, ...limits, ...changes }
    const invoke = async (_: string, event: unknown) => {
      const words = wordsOf(event as Event)
      batches.push(words)
      return worker(words, event as Event)
    }
    const running = readStreams([mapping], url, folder.path, invoke)
    const stop = async () => {
      reading.delete(stop)
      await running.stop()
    }
    reading.add(stop)
    return { batches, stop, until: (count: number) => eventually(() => (batches.length >= count ? true : undefined)) }
  }

  const endReading = async () => void (await Promise.all([...reading].map((stop) => stop())))

  /** Kills the emulator and starts another. */
  const replace = async () => {
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    server = await startKinesisServer(folder.path, port)
  }
  const close = async () => {
    await server.stop()
    folder.remove()
  }
  return { kinesis, port, dataDir: folder.path, put, streamOf, read, endReading, replace, close }
}
