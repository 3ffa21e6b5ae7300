import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { packItems } from '../../../adapters/pack/pack.ts'
import { rawItemCodec } from '../../../adapters/pack/raw-item.ts'
import { sha256 } from '../../../adapters/sha256.ts'
import { rawTopicHandler } from '../../../adapters/sqs/index.ts'
import { done, type Outcome, retry } from '../../../core/outcome.ts'
import { rejectRow } from '../../../core/reject-rows.ts'
import type { RejectRecord } from '../../../core/rejects.ts'
import type { RawItem, Uplink } from '../../../core/uplink.ts'
import { callbackOf12Bytes } from '../pack/items.ts'

const sentAtMs = 1_735_689_600_123
const record = (messageId: string, body: string): SQSRecord =>
  ({ messageId, body, attributes: { SentTimestamp: String(sentAtMs) } }) as SQSRecord
const pack = (...numbers: number[]) =>
  packItems(rawItemCodec, numbers.map(callbackOf12Bytes), 45_000)[0]?.bytes ?? Buffer.alloc(0)
const body = (...numbers: number[]) => pack(...numbers).toString('base64')

/** Handles the records with a use case that finds every item done but those of which `fails` says otherwise. */
const handle = async (records: SQSRecord[], fails: (item: RawItem) => boolean = () => false) => {
  const seen: RawItem[] = []
  const useCase = async (batch: readonly RawItem[]) => {
    seen.push(...batch)
    return batch.map((item): Outcome => (fails(item) ? retry('not now') : done))
  }
  const response = await rawTopicHandler('sigfox', useCase)({ Records: records } as SQSEvent)
  return { seen, again: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) }
}
const seqNumbers = (items: readonly RawItem[]) => items.map((item) => (item as Uplink).seqNumber)

// the handler logs what it cannot read
beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
afterEach(() => void vi.restoreAllMocks())

test('the items of all packs reach the use case at once, and only the pack with a retry comes again', async () => {
  const records = [record('a', body(1, 2)), record('b', body(3, 4, 5)), record('c', body(6))]
  const { seen, again } = await handle(records, (item) => (item as Uplink).seqNumber === 4)
  expect(seqNumbers(seen)).toEqual([1, 2, 3, 4, 5, 6])
  expect(again).toEqual(['b'])
})

test('what the use case throws brings back the whole batch', async () => {
  const useCase = () => Promise.reject(new Error('database down'))
  const handler = rawTopicHandler('sigfox', useCase)
  await expect(handler({ Records: [record('a', body(1))] } as SQSEvent)).rejects.toThrow('database down')
})

describe.each([0, 1, 2])('at place %i of three records', (place) => {
  const among = (odd: SQSRecord) => [record('a', body(1)), record('b', body(2))].toSpliced(place, 0, odd)

  test('a pack of a newer version comes again, and its neighbours are handled', async () => {
    const newer = Buffer.concat([Buffer.of(9), pack(7).subarray(1)])
    const { seen, again } = await handle(among(record('newer', newer.toString('base64'))))
    expect(seqNumbers(seen)).toEqual([1, 2])
    expect(again).toEqual(['newer'])
  })

  test('a corrupt pack is one reject with its bytes, and its neighbours are handled (P6)', async () => {
    const corrupt = pack(7, 8).subarray(0, -1)
    const { seen, again } = await handle(among(record('corrupt', corrupt.toString('base64'))))
    expect(again).toEqual([])
    expect(seqNumbers(seen.toSpliced(place, 1))).toEqual([1, 2])
    expect(seen[place]).toEqual({
      kind: 'reject',
      lane: 'sigfox',
      stage: 'raw',
      reason: 'pack_corrupt',
      bytes: corrupt,
      atMs: sentAtMs,
      deviceId: null,
    })
  })
})

test('a corrupt pack has the same row at every redelivery', async () => {
  const rows = []
  for (const messageId of ['first', 'again']) {
    const { seen } = await handle([record(messageId, 'AQID')])
    rows.push(rejectRow(sha256, seen[0] as RejectRecord).id)
  }
  expect(rows[0]).toBe(rows[1])
})

test('a body that is no base64 is kept as the text it is', async () => {
  for (const text of ['{"not":"a pack"}', '', 'é\u0000', `${body(1)}\n!`.slice(2)]) {
    const { seen } = await handle([record('a', text)])
    expect(seen).toMatchObject([{ reason: 'pack_corrupt', bytes: Buffer.from(text) }])
  }
})

test('an event without records is answered with no failures, and the use case is left alone', async () => {
  expect(await handle([])).toEqual({ seen: [], again: [] })
})
