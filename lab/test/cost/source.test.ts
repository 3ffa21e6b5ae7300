import { expect, test } from 'vitest'
import { openCatalogue, priceFile } from '../../cost/model/catalogue.ts'
import { decimal, fixed } from '../../cost/model/decimal.ts'
import { known } from '../../cost/source/known.ts'
import { checkedCells } from '../../cost/source/published.ts'
import { column } from '../../cost/source/tables.ts'

const cells = checkedCells()
const different = cells.filter(({ published, recomputed }) => published !== recomputed)

test('of 172 published cells 170 are recomputed to the last printed digit', () => {
  expect(cells).toHaveLength(172)
  expect(cells.length - different.length).toBe(170)
})

test('the other two are the known misprints, ten times too high', () => {
  expect(different.map(({ table, row, published, recomputed }) => ({ table, row, published, recomputed }))).toEqual([
    { table: '5.2', row: 'per device', published: '0.0021', recomputed: '0.0002' },
    { table: '5.3', row: 'per device', published: '0.0071', recomputed: '0.0007' },
  ])
  const stated = known.filter(({ kind }) => kind === 'misprint')
  expect(stated.map(({ tables, row, devices }) => [tables[0], row, devices])).toEqual([
    ['5.2', 'per device', 180_000],
    ['5.3', 'per device', 180_000],
  ])
})

test('every slip names a row that its tables have', () => {
  for (const { tables, row } of known)
    for (const table of tables) expect(cells.some((cell) => cell.table === table && cell.row === row)).toBe(true)
})

test("at today's prices the machines at Scaleway cost 59.86, and 208.08 for the largest fleet", () => {
  const scaleway = openCatalogue(priceFile, 'scaleway')
  const total = (devices: number) =>
    fixed(column('5.2', { aws: scaleway, scaleway }, decimal(devices)).get('total') ?? 0n, 2)
  expect(total(1_000)).toBe('59.86')
  expect(total(3_600_000)).toBe('208.08')
})

test("at today's prices API Gateway has its second tier: 1,212.60 for 1.314 billion requests", () => {
  const aws = openCatalogue(priceFile, 'us-east-1')
  const cell = column('4.2', { aws, scaleway: aws }, decimal(3_600_000)).get('API Gateway') ?? 0n
  expect(fixed(cell, 2)).toBe('1,212.60')
})
