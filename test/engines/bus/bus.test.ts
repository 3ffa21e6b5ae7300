import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { packItems } from '../../../adapters/pack/pack.ts'
import { done, type Outcome, retry } from '../../../core/message/outcome.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { eventually } from '../../support/local.ts'
import { publish } from '../../support/memory-stream.ts'
import { serve } from '../../support/sqs-queue.ts'
import { sigfoxUplink } from '../../support/traffic.ts'
import { type EmulatedBus, emulatedBuses, type Topic } from './buses.ts'

const second = 1_735_689_600
/** The n-th message of a device; its index is n. */
const uplink = (device: number, n: number, more: Partial<Uplink> = {}) =>
  sigfoxUplink(device, second + n, n, { seqNumber: n, ...more })
const fleet = (devices: number, messages: number): Uplink[] =>
  Array.from({ length: devices * messages }, (_, i) => uplink(i % devices, Math.floor(i / devices)))

const name = (item: RawItem) => (item.kind === 'reject' ? item.reason : `${item.deviceId} ${item.seqNumber}`)
const names = (items: readonly RawItem[]) => items.map(name)
const sorted = (values: readonly string[]) => values.toSorted()
const allDone = (items: readonly unknown[]): Outcome[] => items.map(() => done)

/** Collects what is read, and lets each batch be answered by the test. */
const reader = (topic: Topic, answer: (batch: readonly RawItem[], call: number) => Outcome[] = allDone) => {
  const calls: RawItem[][] = []
  topic.readRaw(async (batch) => {
    calls.push([...batch])
    return answer(batch, calls.length)
  })
  const seen = () => calls.flat()
  const has = (count: number) => eventually(() => (new Set(names(seen())).size >= count ? true : undefined))
  return { calls, seen, has }
}

describe.each(emulatedBuses)('the bus $name', ({ start, keepsOrder }) => {
  let bus: Awaited<ReturnType<EmulatedBus['start']>>
  beforeAll(async () => {
    bus = await start()
    // handlers log what they cannot read
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  })
  afterEach(() => bus.endReading())
  afterAll(async () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    await bus.stop()
  })

  test('what was published as done reaches the worker, whole and once', async () => {
    const topic = await bus.makeTopic()
    const items = fleet(300, 10)
    expect(await publish(topic.openRaw(), items)).toEqual(allDone(items))
    const { seen, has } = reader(topic)
    await has(items.length)
    expect(sorted(names(seen()))).toEqual(sorted(names(items)))
    const byName = new Map(seen().map((item) => [name(item), item]))
    for (const item of items) expect(byName.get(name(item))).toEqual(item)
  })

  test('ids come out as they went in', async () => {
    const topic = await bus.makeTopic()
    const ids = Array.from({ length: 5_000 }, (_, n) => `01941f29-7c00-8000-8000-${n.toString(16).padStart(12, '0')}`)
    expect(await publish(topic.openPulse(), ids)).toEqual(allDone(ids))
    const seen: unknown[] = []
    topic.readPulse(async (batch) => {
      seen.push(...batch)
      return allDone(batch)
    })
    await eventually(() => (seen.length >= ids.length ? true : undefined))
    expect(seen.toSorted()).toEqual(ids)
  })

  if (keepsOrder)
    test('what one device sent is read in its order, over many calls', async () => {
      const topic = await bus.makeTopic()
      const items = fleet(40, 50)
      for (let at = 0; at < items.length; at += 250) await publish(topic.openRaw(), items.slice(at, at + 250))
      const { seen, has } = reader(topic)
      await has(items.length)
      for (let device = 0; device < 40; device++) {
        const own = items.filter((_, i) => i % 40 === device)
        expect(names(seen()).filter((read) => read.startsWith(`${own[0]?.deviceId} `))).toEqual(names(own))
      }
    })

  test('a retry brings back the same items, and in the end all are handled', async () => {
    const topic = await bus.makeTopic()
    const items = fleet(20, 1)
    for (const item of items) await publish(topic.openRaw(), [item])
    const unlucky = name(items[7] as Uplink)
    let tries = 0
    const handled: string[] = []
    const { has } = reader(topic, (batch) =>
      batch.map((item) => {
        if (name(item) === unlucky && ++tries <= 2) return retry('not now')
        handled.push(name(item))
        return done
      }),
    )
    await has(items.length)
    await eventually(() => (handled.includes(unlucky) ? true : undefined))
    expect(tries).toBe(3)
    expect(sorted([...new Set(handled)])).toEqual(sorted(names(items)))
  })

  test('when the worker throws, the whole batch comes again', async () => {
    const topic = await bus.makeTopic()
    const items = fleet(6, 1)
    await publish(topic.openRaw(), items)
    const handled: string[] = []
    let thrown = 0
    topic.readRaw(async (batch) => {
      if (thrown < 3) {
        thrown++
        throw new Error('database away')
      }
      handled.push(...names(batch))
      return allDone(batch)
    })
    await eventually(() => (new Set(handled).size === items.length ? true : undefined))
    expect(sorted([...new Set(handled)])).toEqual(sorted(names(items)))
  })

  test('an item that the bus cannot hold is a retry with a reason, and its neighbours arrive', async () => {
    const topic = await bus.makeTopic()
    const oversize = uplink(1, 1, { payload: Buffer.alloc(1_200_000) })
    const outcomes = await publish(topic.openRaw(), [uplink(0, 0), oversize, uplink(2, 2)])
    expect(outcomes).toEqual([done, { status: 'retry', reason: expect.stringContaining('larger') }, done])
    const { seen, has } = reader(topic)
    await has(2)
    expect(sorted(names(seen()))).toEqual(sorted(names([uplink(0, 0), uplink(2, 2)])))
  })

  test('a corrupt pack is one reject with its bytes, and its neighbours are handled', async () => {
    const topic = await bus.makeTopic()
    const corrupt = Buffer.from([1, 2, 3, 4])
    const before = Date.now()
    await publish(topic.openRaw(), [uplink(0, 0)])
    await topic.put(corrupt)
    await publish(topic.openRaw(), [uplink(1, 1)])
    const { seen, has } = reader(topic)
    await has(3)
    expect(sorted(names(seen()))).toEqual(sorted([...names([uplink(0, 0), uplink(1, 1)]), 'pack_corrupt']))
    const [reject] = seen().filter(({ kind }) => kind === 'reject')
    expect(reject).toMatchObject({ kind: 'reject', bytes: corrupt, deviceId: null, lane: 'sigfox', step: 'raw' })
    expect(Math.abs((reject as { atMs: number }).atMs - before)).toBeLessThan(10_000)
  })

  test('a pack of a newer version waits for a newer worker, and its neighbours are handled', async () => {
    const topic = await bus.makeTopic()
    const [pack] = packItems(rawItemCodec, [uplink(9, 9)], 24_000)
    const newer = Buffer.concat([Buffer.of(9), pack?.bytes.subarray(1) ?? Buffer.alloc(0)])
    await publish(topic.openRaw(), [uplink(0, 0)])
    await topic.put(newer)
    await publish(topic.openRaw(), [uplink(1, 1)])
    const { seen, has } = reader(topic)
    await has(2)
    expect(sorted([...new Set(names(seen()))])).toEqual(sorted(names([uplink(0, 0), uplink(1, 1)])))
    const warnings = () =>
      vi.mocked(process.stdout.write).mock.calls.filter(([line]) => String(line).includes('pack_version_unknown'))
    const before = warnings().length
    await eventually(() => (warnings().length >= before + 2 ? true : undefined))
  })

  test('a bus that refuses connections or never answers is a retry before the deadline', async () => {
    // the SDK goes to the host of the queue's URL, and says so each time it is not that of its environment
    vi.spyOn(console, 'warn').mockReturnValue()
    const topic = await bus.makeTopic()
    const silent = await serve(() => {})
    const gone = await serve(() => {})
    gone.close()
    try {
      for (const { port } of [silent, gone]) {
        const stream = topic.openRaw({ deadlineMs: 1_000 }, `http://127.0.0.1:${port}`)
        const startedAtMs = performance.now()
        const outcomes = await publish(stream, [uplink(0, 0), uplink(1, 1)])
        expect(performance.now() - startedAtMs).toBeLessThan(1_500)
        expect(outcomes).toMatchObject([{ status: 'retry' }, { status: 'retry' }])
      }
    } finally {
      silent.close()
    }
    expect(await publish(topic.openRaw(), [uplink(0, 0)])).toEqual([done])
  })
})
