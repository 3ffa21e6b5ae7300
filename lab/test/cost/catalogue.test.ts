import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { billOf } from '../../cost/model/bill.ts'
import { charge, openCatalogue, priceFile } from '../../cost/model/catalogue.ts'
import { decimal, fixed, sum } from '../../cost/model/decimal.ts'
import { CostFault } from '../../cost/model/fault.ts'
import { hourly } from '../../cost/model/traffic.ts'
import { deployment } from './deployment.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-prices-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (name: string, content: unknown) => {
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const withPrice = (price: string) =>
  fileOf(`${price}.json`, {
    currency: { here: 'USD' },
    prices: {
      thing: {
        service: 'Thing',
        unit: 'things',
        free: '10',
        regions: { here: { tiers: [{ upTo: '100', price: '2' }, { price }], source: 'a test', date: '2026' } },
      },
    },
  })
const amount = (quantity: number, file = withPrice('1')) =>
  fixed(sum(charge(openCatalogue(file, 'here')('thing'), decimal(quantity)).map((each) => each.amount)), 2)

test('free units cost nothing, then each tier is billed at its own price', () => {
  expect(amount(10)).toBe('0.00')
  expect(amount(11)).toBe('2.00')
  expect(amount(100)).toBe('180.00')
  expect(amount(150)).toBe('230.00')
})

test('a missing price is named, and never counts as zero', () => {
  const prices = openCatalogue(withPrice('1'), 'here')
  expect(() => prices('other')).toThrow(
    new CostFault(`The price "other" in region "here" is missing from ${withPrice('1')}; add it.`),
  )
  expect(() => billOf(deployment, hourly(1_000), prices)).toThrow(/"sqs\.request" in region "here" is missing/)
})

test('an unknown region is refused, and the known ones are named', () => {
  expect(() => openCatalogue(priceFile, 'mars')).toThrow(/region "mars".*us-east-1, eu-west-1, scaleway/)
})

test('a file without prices is refused, and so is a price that is not a number', () => {
  expect(() => openCatalogue(join(folder, 'none.json'), 'here')).toThrow(CostFault)
  expect(() => openCatalogue(fileOf('text.json', 'prices'), 'here')).toThrow(CostFault)
  expect(() => openCatalogue(fileOf('empty.json', {}), 'here')).toThrow(/is not a price file/)
  expect(() => amount(1, withPrice('cheap'))).toThrow(/"cheap"/)
  expect(() => amount(1, withPrice('-1'))).toThrow(/"-1"/)
})

test('every line of a bill has a price with a source, in both regions', () => {
  for (const region of ['us-east-1', 'eu-west-1'])
    for (const { price } of billOf(deployment, hourly(3_600_000), openCatalogue(priceFile, region)).lines)
      expect(price.source, price.key).not.toBe('')
})
