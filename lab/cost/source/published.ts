import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalogue, sourcePriceFile } from '../model/catalogue.ts'
import { type Decimal, decimal, fixed } from '../model/decimal.ts'
import { column, type Sources, type TableName, tableNames } from './tables.ts'

type PublishedCell = number | string | null
type PublishedTable = { readonly title: string } & Record<string, readonly PublishedCell[]>

const file = JSON.parse(readFileSync(join(import.meta.dirname, '../data/source-tables.json'), 'utf8')) as {
  devices: number[]
} & Record<TableName, PublishedTable>

export const fleets: readonly Decimal[] = file.devices.map(decimal)
export const titleOf = (table: TableName) => file[table].title

/** The source design's own prices. */
export const sourcePrices = (): Sources => {
  const all = openCatalogue(sourcePriceFile, 'source')
  return { aws: all, scaleway: all }
}

/** A printed cell, and what its formula gives with as many digits. */
export interface Checked {
  readonly table: TableName
  readonly row: string
  readonly devices: Decimal
  readonly published: string
  readonly recomputed: string
}

const placesOf = (cell: string) => cell.split('.')[1]?.length ?? 0

const checkTable = (table: TableName): Checked[] =>
  fleets.flatMap((devices, i) => {
    const recomputed = column(table, sourcePrices(), devices)
    return Object.entries(file[table]).flatMap(([row, cells]) => {
      const cell = row === 'title' ? null : cells[i]
      if (cell === null || cell === undefined) return []
      const published = typeof cell === 'number' ? cell.toFixed(2) : cell
      const value = recomputed.get(row) ?? null
      const again = value === null ? 'blank' : fixed(value, placesOf(published), false)
      return [{ table, row, devices, published, recomputed: again }]
    })
  })

/** All 172 printed cells. */
export const checkedCells = (): Checked[] => tableNames.flatMap(checkTable)
