import type { KinesisStreamEvent, SQSEvent } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as kinesis from '../../../adapters/kinesis/index.ts'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { packItems } from '../../../adapters/pack/pack.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import type { Measurements } from '../../../adapters/process/metrics.ts'
import * as sqs from '../../../adapters/sqs/index.ts'
import { vital } from '../../../contract/vitals.ts'
import { done, type Outcome, retry } from '../../../core/message/outcome.ts'
import { rejectRow } from '../../../core/message/reject-rows.ts'
import type { RejectRecord } from '../../../core/message/rejects.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { callbackOf12Bytes } from '../pack/items.ts'

interface Delivered {
  readonly id: string
  readonly body: string
}
type UseCase = (batch: readonly RawItem[]) => Promise<Outcome[]>

const written: Measurements[] = []
const metrics = { write: (values: Measurements) => void written.push(values) }

const sentAtMs = 1_735_689_600_123
const sqsEvent = (records: readonly Delivered[]) => ({
  Records: records.map(({ id, body }) => ({
    messageId: id,
    body,
    attributes: { SentTimestamp: String(sentAtMs) },
  })),
})
const kinesisEvent = (records: readonly Delivered[]) => ({
  Records: records.map(({ id, body }) => ({
    kinesis: { sequenceNumber: id, data: body, approximateArrivalTimestamp: sentAtMs / 1000 },
  })),
})
const buses = [
  {
    name: 'SQS',
    invoke: (records: readonly Delivered[], useCase: UseCase) =>
      sqs.rawTopicHandler('sigfox', useCase, metrics)(sqsEvent(records) as SQSEvent),
    /** What comes again when exactly these records do. */
    again: (ids: readonly string[]) => ids,
  },
  {
    name: 'Kinesis',
    invoke: (records: readonly Delivered[], useCase: UseCase) =>
      kinesis.rawTopicHandler('sigfox', useCase, metrics)(kinesisEvent(records) as KinesisStreamEvent),
    again: (ids: readonly string[]) => ids.slice(0, 1),
  },
]

const pack = (...numbers: number[]) =>
  packItems(rawItemCodec, numbers.map(callbackOf12Bytes), 24_000)[0]?.bytes ?? Buffer.alloc(0)
const record = (id: string, bytes: Buffer): Delivered => ({ id, body: bytes.toString('base64') })
const seqNumbers = (items: readonly RawItem[]) => items.map((item) => (item as Uplink).seqNumber)

// the handler logs what it cannot read
beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
afterEach(() => void vi.restoreAllMocks())

/** Handles the records with a use case that finds every item done but those of which `fails` says otherwise. */
const handleOn =
  ({ invoke }: (typeof buses)[number]) =>
  async (records: readonly Delivered[], fails: (item: RawItem) => boolean = () => false) => {
    const seen: RawItem[] = []
    const response = await invoke(records, async (batch) => {
      seen.push(...batch)
      return batch.map((item): Outcome => (fails(item) ? retry('not now') : done))
    })
    return { seen, again: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) }
  }

describe.each(buses)('$name', (bus) => {
  const handle = handleOn(bus)

  test('the use case gets the items of all packs in one call, and the packs that hold a retry come again', async () => {
    const records = [record('1', pack(1, 2)), record('2', pack(3, 4, 5)), record('3', pack(6)), record('4', pack(7))]
    const { seen, again } = await handle(records, (item) => [4, 7].includes((item as Uplink).seqNumber))
    expect(seqNumbers(seen)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(again).toEqual(bus.again(['2', '4']))
  })

  test('when the use case throws, the whole batch comes again', async () => {
    const useCase = () => Promise.reject(new Error('database down'))
    await expect(bus.invoke([record('1', pack(1))], useCase)).rejects.toThrow('database down')
  })

  describe.each([0, 1, 2])('at place %i of three records', (place) => {
    const among = (odd: Delivered) => [record('1', pack(1)), record('2', pack(2))].toSpliced(place, 0, odd)

    test('a pack of a newer version comes again, and its neighbours are handled', async () => {
      const newer = Buffer.concat([Buffer.of(9), pack(7).subarray(1)])
      const { seen, again } = await handle(among(record('newer', newer)))
      expect(seqNumbers(seen)).toEqual([1, 2])
      expect(again).toEqual(['newer'])
    })

    test('a corrupt pack is one reject with its bytes, and its neighbours are handled (P6)', async () => {
      const corrupt = pack(7, 8).subarray(0, -1)
      const { seen, again } = await handle(among(record('corrupt', corrupt)))
      expect(again).toEqual([])
      expect(seqNumbers(seen.toSpliced(place, 1))).toEqual([1, 2])
      expect(seen[place]).toEqual({
        kind: 'reject',
        lane: 'sigfox',
        step: 'raw',
        reason: 'pack_corrupt',
        bytes: corrupt,
        atMs: sentAtMs,
        deviceId: null,
      })
    })
  })

  test('a corrupt pack has the same row at every redelivery', async () => {
    const rows = []
    for (const id of ['first', 'again']) {
      const { seen } = await handle([record(id, Buffer.of(1, 2, 3))])
      rows.push(rejectRow(sha256, seen[0] as RejectRecord).id)
    }
    expect(rows[0]).toBe(rows[1])
  })

  test('the age of the oldest record is measured before the work, and so also when the work fails', async () => {
    written.length = 0
    const useCase = () => Promise.reject(new Error('database down'))
    await expect(bus.invoke([record('1', pack(1)), record('2', pack(2))], useCase)).rejects.toThrow('database down')
    const seconds = (Date.now() - sentAtMs) / 1000
    expect(written).toEqual([{ [vital.oldestSeconds]: expect.closeTo(seconds, -1) }])
  })

  test('an event without records has no failures, and the use case is not called', async () => {
    expect(await handle([])).toEqual({ seen: [], again: [] })
  })
})

test('SQS: a body that is not base64 is kept as its text', async () => {
  const [bus] = buses as [(typeof buses)[number]]
  for (const body of ['{"not":"a pack"}', '', 'é\u0000', `${pack(1).toString('base64')}\n!`.slice(2)]) {
    const { seen } = await handleOn(bus)([{ id: 'a', body }])
    expect(seen).toMatchObject([{ reason: 'pack_corrupt', bytes: Buffer.from(body) }])
  }
})
