import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openCheckpoints } from '../../local/checkpoints.ts'
import type { Running } from '../../local/child.ts'
import { streamArn } from '../../local/cloud.ts'
import type { Invocation } from '../../local/environment.ts'
import { startKinesisServer } from '../../local/kinesis-server.ts'
import { freePort } from '../../local/ports.ts'
import { startStreams } from '../../local/stream-bus.ts'
import type { StreamMapping } from '../../local/stream-mapping.ts'
import { connectKinesis, type Kinesis, makeStream, type Stream } from '../../local/streams.ts'
import { eventually, temporaryFolder } from '../support/local.ts'

interface Event {
  readonly Records: readonly { readonly kinesis: { readonly data: string; readonly sequenceNumber: string } }[]
}
type Worker = (words: readonly string[], event: Event) => Invocation | Promise<Invocation>

const folder = temporaryFolder()
const arn = 'arn:worker'
let port: number
let server: Running
let kinesis: Kinesis
let running: ReturnType<typeof startStreams> | null = null
let made = 0

beforeAll(async () => {
  port = await freePort()
  server = await startKinesisServer(folder.path, port)
  kinesis = connectKinesis(`http://127.0.0.1:${port}`)
})
afterEach(async () => {
  await running?.stop()
  running = null
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

const ok: Invocation = { ok: true, payload: null }
const failed: Invocation = { ok: false, error: { type: 'Error', message: 'any' } }
const wordsOf = ({ Records }: Event) => Records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString())
const failure = (event: Event, word: string): Invocation => {
  const itemIdentifier = event.Records[wordsOf(event).indexOf(word)]?.kinesis.sequenceNumber
  return { ok: true, payload: { batchItemFailures: [{ itemIdentifier }] } }
}

const newStream = (shards = 1): Stream => {
  const name = `stream-${++made}`
  return { name, arn: streamArn(name), shards }
}

const put = async (stream: Stream, words: readonly string[], keyOf = (_: string) => 'key') => {
  const Records = words.map((word) => ({ Data: Buffer.from(word).toString('base64'), PartitionKey: keyOf(word) }))
  await kinesis('PutRecords', { StreamName: stream.name, Records })
}

/** Reads the stream with a worker, and keeps the words of each batch. */
const read = (stream: Stream, worker: Worker, changes: Partial<StreamMapping> = {}) => {
  const batches: string[][] = []
  const mapping: StreamMapping = {
    functionArn: arn,
    stream,
    batchSize: 100,
    windowSeconds: 0,
    factor: 1,
    bisects: true,
    reportsFailures: true,
    mostConcurrent: 1,
    ...changes,
  }
  const invoke = async (_: string, event: unknown) => {
    const words = wordsOf(event as Event)
    batches.push(words)
    return worker(words, event as Event)
  }
  running = startStreams([mapping], `http://127.0.0.1:${port}`, folder.path, invoke)
  const stop = async () => {
    await running?.stop()
    running = null
  }
  return { batches, stop, until: (count: number) => eventually(() => (batches.length >= count ? true : undefined)) }
}

const letters = (count: number) => Array.from({ length: count }, (_, n) => String.fromCharCode(97 + n))

test('a batch is one invocation, in the shape of AWS and the order of the shard', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(5))
  let given: Event | undefined
  const { batches, until } = read(stream, (_, event) => {
    given = event
    return ok
  })
  await until(1)
  expect(batches).toEqual([letters(5)])
  expect(given?.Records[0]).toMatchObject({
    eventSource: 'aws:kinesis',
    eventSourceARN: stream.arn,
    eventID: `shardId-000000000000:${given?.Records[0]?.kinesis.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    awsRegion: 'eu-west-1',
    kinesis: {
      partitionKey: 'key',
      sequenceNumber: expect.stringMatching(/^\d{56}$/),
      approximateArrivalTimestamp: expect.any(Number),
    },
  })
})

test('a partial response goes on at the lowest number that it names, with all that follows', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(6))
  const named = [['e', 'c'], ['c']]
  const { batches, until } = read(stream, (_, event) => {
    const numbers = (named.shift() ?? []).map(
      (word) => event.Records[wordsOf(event).indexOf(word)]?.kinesis.sequenceNumber,
    )
    return { ok: true, payload: { batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })) } }
  })
  await until(3)
  expect(batches).toEqual([letters(6), ['c', 'd', 'e', 'f'], ['c', 'd', 'e', 'f']])
})

test('an error halves the batch until what fails is alone, and the rest is handled after it, in order', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(8))
  const handled: string[] = []
  let failures = 0
  const { batches, stop } = read(stream, (words) => {
    if (words.includes('d') && failures++ < 5) return failed
    handled.push(...words)
    return ok
  })
  await eventually(() => (handled.length === 8 ? true : undefined))
  await stop()
  expect(batches).toEqual([
    letters(8),
    ['a', 'b', 'c', 'd'],
    ['a', 'b'],
    ['c', 'd'],
    ['c'],
    ['d'],
    ['d'],
    ['d'],
    ['e', 'f', 'g', 'h'],
  ])
  expect(handled).toEqual(letters(8))
})

test('a mapping that does not bisect tries the whole batch again', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(3))
  const answers = [failed, failed]
  const { batches, until } = read(stream, () => answers.shift() ?? ok, { bisects: false })
  await until(3)
  expect(batches).toEqual([letters(3), letters(3), letters(3)])
})

test('a mapping that does not report failures goes on behind what the function names', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(3))
  const { batches, stop } = read(stream, (_, event) => failure(event, 'b'), { reportsFailures: false })
  await eventually(() => (batches.length > 0 ? true : undefined))
  await stop()
  expect(batches).toEqual([letters(3)])
})

test('the window gathers records until the batch is full', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(3))
  const { batches, until } = read(stream, () => ok, { batchSize: 5, windowSeconds: 0.6 })
  await put(stream, ['d', 'e', 'f'])
  await until(2)
  expect(batches).toEqual([letters(5), ['f']])
})

test('a batch stays below 6 MB', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  const megabyte = 'x'.repeat(1_000_000)
  await put(stream, [megabyte, megabyte, megabyte, megabyte])
  await put(stream, [megabyte, megabyte, megabyte, megabyte])
  const { batches, stop } = read(stream, () => ok)
  await eventually(() => (batches.flat().length === 8 ? true : undefined))
  await stop()
  expect(batches.map(({ length }) => length)).toEqual([4, 4])
})

test('batches of one shard run at the same time, and what has one key stays in order and together', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  const words = Array.from({ length: 200 }, (_, n) => `${n % 10}:${n}`)
  await put(stream, words, (word) => word.slice(0, 1))
  let atOnce = 0
  let mostAtOnce = 0
  const seen: string[] = []
  const { stop } = read(
    stream,
    async (batch) => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      seen.push(...batch)
      await new Promise((later) => setTimeout(later, 20))
      atOnce--
      return ok
    },
    { batchSize: 10, factor: 4 },
  )
  await eventually(() => (seen.length === 200 ? true : undefined))
  await stop()
  expect(mostAtOnce).toBe(4)
  for (let key = 0; key < 10; key++) {
    const own = (all: readonly string[]) => all.filter((word) => word.startsWith(`${key}:`))
    expect(own(seen)).toEqual(own(words))
  }
})

test('a stop reads all that waits first, on every shard', async () => {
  const stream = newStream(3)
  await makeStream(kinesis, stream)
  const words = Array.from({ length: 300 }, (_, n) => `word ${n}`)
  await put(stream, words, (word) => word)
  const { batches, stop } = read(stream, () => ok, { batchSize: 7 })
  await stop()
  expect(batches.flat().toSorted()).toEqual(words.toSorted())
})

test('a new mapping goes on behind the checkpoint; in a stream made anew it starts with the first record', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  await put(stream, letters(3))
  const first = read(stream, () => ok)
  await first.stop()
  await put(stream, ['d'])
  const second = read(stream, () => ok)
  await second.stop()
  expect(second.batches).toEqual([['d']])

  await kinesis('DeleteStream', { StreamName: stream.name })
  await eventually(async () => {
    const { StreamNames } = await kinesis<{ StreamNames: string[] }>('ListStreams', {})
    return StreamNames.includes(stream.name) ? undefined : true
  })
  await makeStream(kinesis, stream)
  await put(stream, ['e'])
  const third = read(stream, () => ok)
  await third.stop()
  expect(third.batches).toEqual([['e']])
})

test('a checkpoint is written only when all before it is handled', async () => {
  const stream = newStream()
  const madeAt = await makeStream(kinesis, stream)
  await put(stream, letters(4))
  let failures = 0
  const { until } = read(stream, () => (failures++ < 2 ? failed : ok), { bisects: false })
  await until(2)
  const checkpoint = () => openCheckpoints(folder.path).read(`${stream.name}-shardId-000000000000`)
  expect(checkpoint()).toBeNull()
  await eventually(() => checkpoint() ?? undefined)
  expect(checkpoint()).toEqual({ madeAt, sequenceNumber: expect.stringMatching(/^\d{56}$/) })
})

test('streams that an emulator has lost are made again, and read from their first record', async () => {
  const stream = newStream()
  await makeStream(kinesis, stream)
  const { batches, until } = read(stream, () => ok)
  await put(stream, ['before'])
  await until(1)
  process.kill(server.pid, 'SIGKILL')
  await server.exited
  server = await startKinesisServer(folder.path, port)
  await eventually(() =>
    put(stream, ['after']).then(
      () => true,
      () => undefined,
    ),
  )
  await until(2)
  expect(batches).toEqual([['before'], ['after']])
})

test('the stream server listens on 127.0.0.1 only', async () => {
  await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow()
})
