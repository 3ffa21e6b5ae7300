import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openCheckpoints } from '../../../local/bus/checkpoints.ts'
import { makeStream } from '../../../local/bus/topics.ts'
import { eventually } from '../../support/local.ts'
import { type Event, failed, naming, ok, openKinesis } from './word-streams.ts'

let bus: Awaited<ReturnType<typeof openKinesis>>
beforeAll(async () => {
  bus = await openKinesis()
})
afterEach(() => bus.endReading())
afterAll(() => bus.close())

const letters = (count: number) => Array.from({ length: count }, (_, n) => String.fromCharCode(97 + n))

test('a batch is one invocation, in the format of AWS and the order of the shard', async () => {
  const stream = await bus.streamOf(letters(5))
  let given: Event | undefined
  const { batches, until } = bus.read(stream, (_, event) => {
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

test('after a partial response, delivery resumes at the lowest number that it names', async () => {
  const stream = await bus.streamOf(letters(6))
  const named = [['e', 'c'], ['c']]
  const { batches, until } = bus.read(stream, (_, event) => {
    return naming(event, named.shift() ?? [])
  })
  await until(3)
  expect(batches).toEqual([letters(6), ['c', 'd', 'e', 'f'], ['c', 'd', 'e', 'f']])
})

test('an error halves the batch until the failing record is alone; the rest follows in order', async () => {
  const stream = await bus.streamOf(letters(8))
  const handled: string[] = []
  let failures = 0
  const { batches, stop } = bus.read(stream, (words) => {
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

test('a mapping that does not bisect retries the whole batch', async () => {
  const stream = await bus.streamOf(letters(3))
  const answers = [failed, failed]
  const { batches, until } = bus.read(stream, () => answers.shift() ?? ok, { bisects: false })
  await until(3)
  expect(batches).toEqual([letters(3), letters(3), letters(3)])
})

test('a mapping without ReportBatchItemFailures passes the records that the function names', async () => {
  const stream = await bus.streamOf(letters(3))
  const { batches, stop } = bus.read(stream, (_, event) => naming(event, ['b']), { reportsFailures: false })
  await eventually(() => (batches.length > 0 ? true : undefined))
  await stop()
  expect(batches).toEqual([letters(3)])
})

test('the window gathers records until the batch is full', async () => {
  const stream = await bus.streamOf(letters(3))
  const { batches, until } = bus.read(stream, () => ok, { batchSize: 5, windowSeconds: 0.6 })
  await bus.put(stream, ['d', 'e', 'f'])
  await until(2)
  expect(batches).toEqual([letters(5), ['f']])
})

test('a batch stays below 6 MB', async () => {
  const stream = await bus.streamOf([])
  const megabyte = 'x'.repeat(1_000_000)
  await bus.put(stream, [megabyte, megabyte, megabyte, megabyte])
  await bus.put(stream, [megabyte, megabyte, megabyte, megabyte])
  const { batches, stop } = bus.read(stream, () => ok)
  await eventually(() => (batches.flat().length === 8 ? true : undefined))
  await stop()
  expect(batches.map(({ length }) => length)).toEqual([4, 4])
})

test('batches of one shard run in parallel, and records with the same key stay in order', async () => {
  const stream = await bus.streamOf([])
  const words = Array.from({ length: 200 }, (_, n) => `${n % 10}:${n}`)
  await bus.put(stream, words, (word) => word.slice(0, 1))
  let atOnce = 0
  let mostAtOnce = 0
  const seen: string[] = []
  const { stop } = bus.read(
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

test('a stop first handles all waiting records, on every shard', async () => {
  const words = Array.from({ length: 300 }, (_, n) => `word ${n}`)
  const stream = await bus.streamOf(words, { shards: 3, keyOf: (word) => word })
  const { batches, stop } = bus.read(stream, () => ok, { batchSize: 7 })
  await stop()
  expect(batches.flat().toSorted()).toEqual(words.toSorted())
})

test('a new reader continues after the checkpoint; in a stream made again it starts with the first record', async () => {
  const stream = await bus.streamOf(letters(3))
  const first = bus.read(stream, () => ok)
  await first.stop()
  await bus.put(stream, ['d'])
  const second = bus.read(stream, () => ok)
  await second.stop()
  expect(second.batches).toEqual([['d']])

  await bus.kinesis('DeleteStream', { StreamName: stream.name })
  await eventually(async () => {
    const { StreamNames } = await bus.kinesis<{ StreamNames: string[] }>('ListStreams', {})
    return StreamNames.includes(stream.name) ? undefined : true
  })
  await makeStream(bus.kinesis, stream)
  await bus.put(stream, ['e'])
  const third = bus.read(stream, () => ok)
  await third.stop()
  expect(third.batches).toEqual([['e']])
})

test('a checkpoint is written only when all records before it are handled', async () => {
  const stream = await bus.streamOf(letters(4))
  const madeAt = await makeStream(bus.kinesis, stream)
  let failures = 0
  const { until } = bus.read(stream, () => (failures++ < 2 ? failed : ok), { bisects: false })
  await until(2)
  const checkpoint = () => openCheckpoints(bus.dataDir).read(`${stream.name}-shardId-000000000000`)
  expect(checkpoint()).toBeNull()
  await eventually(() => checkpoint() ?? undefined)
  expect(checkpoint()).toEqual({ madeAt, sequenceNumber: expect.stringMatching(/^\d{56}$/) })
})

test('streams that the emulator has lost are made again, and read from their first record', async () => {
  const stream = await bus.streamOf([])
  const { batches, until } = bus.read(stream, () => ok)
  await bus.put(stream, ['before'])
  await until(1)
  await bus.replace()
  await eventually(() =>
    bus.put(stream, ['after']).then(
      () => true,
      () => undefined,
    ),
  )
  await until(2)
  expect(batches).toEqual([['before'], ['after']])
})

test('the stream server listens on 127.0.0.1 only', async () => {
  await expect(fetch(`http://127.0.0.2:${bus.port}/`)).rejects.toThrow()
})
