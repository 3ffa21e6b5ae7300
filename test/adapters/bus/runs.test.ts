import { expect, test } from 'vitest'
import { handleRecords, pulseTopic } from '../../../adapters/bus/receive.ts'
import { messageIdCodec } from '../../../adapters/pack/items.ts'
import { packItems } from '../../../adapters/pack/pack.ts'
import { timedId } from '../../../core/message/identity.ts'
import { done, type Outcome, retry } from '../../../core/message/outcome.ts'

const ids = Array.from({ length: 25_000 }, (_, n) => timedId(n, '0'.repeat(64)))
const records = packItems(messageIdCodec, ids, 45_000).map(({ bytes }, n) => ({
  id: `record-${n}`,
  bytes,
  sentAtMs: 0,
}))
const [firstPack] = packItems(messageIdCodec, ids, 45_000)
const packOf = (item: number) => `record-${Math.floor(item / (firstPack?.count ?? 1))}`

test('an event of any size is handled in transactions of at most 10,000 items, in order', async () => {
  const sizes: number[] = []
  const seen: unknown[] = []
  const again = await handleRecords(pulseTopic('sigfox'), records, async (batch) => {
    sizes.push(batch.length)
    seen.push(...batch)
    return batch.map((): Outcome => done)
  })
  expect(again).toEqual([])
  expect(sizes).toEqual([10_000, 10_000, 5_000])
  expect(seen).toEqual(ids)
})

test('an outcome belongs to its item in every run, even if the use case answers nothing for the last ones', async () => {
  const again = await handleRecords(pulseTopic('sigfox'), records, async (batch) =>
    batch
      .slice(0, batch[0] === ids[0] ? 9_999 : undefined)
      .map((id): Outcome => (id === ids[17_000] ? retry('later') : done)),
  )
  expect(again).toEqual([packOf(9_999), packOf(17_000)])
})

test('items without time left come again, and those that were done do not', async () => {
  let remainingMs = 1_000
  const handled: number[] = []
  const again = await handleRecords(
    pulseTopic('sigfox'),
    records,
    async (batch) => {
      handled.push(batch.length)
      await new Promise((resolve) => setTimeout(resolve, 20))
      remainingMs = 30
      return batch.map((): Outcome => done)
    },
    { context: { getRemainingTimeInMillis: () => remainingMs } },
  )
  expect(handled).toEqual([10_000])
  expect(again[0]).toBe(packOf(10_000))
  expect(again.at(-1)).toBe(records.at(-1)?.id)
  expect(again).not.toContain(records[0]?.id)
})
