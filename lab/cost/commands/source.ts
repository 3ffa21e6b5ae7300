import { openCatalogue } from '../model/catalogue.ts'
import { type Decimal, fixed } from '../model/decimal.ts'
import type { Question } from '../model/question.ts'
import type { Section } from '../report/section.ts'
import { type Known, known } from '../source/known.ts'
import { type Checked, checkedCells, fleets, titleOf } from '../source/published.ts'
import { column, type Sources, type TableName, tableNames } from '../source/tables.ts'

const columns = ['', ...fleets.map((devices) => fixed(devices, 0))]

/** The numbers of the misprints and slips that concern a row. */
const marksOf = (table: TableName, row: string, found: readonly Known[]) =>
  found.flatMap((each, i) => (each.tables.includes(table) && each.row === row ? [i + 1] : []))

const noteOf = ({ kind, row, devices, text }: Known, i: number) =>
  `[${i}] ${kind}, ${row}${devices === undefined ? '' : ` at ${devices.toLocaleString('en')}`}: ${text}.`

const compared = (table: TableName, cells: readonly Checked[]): Section => {
  const here = known.filter(({ tables }) => tables.includes(table))
  const rows = [...new Set(cells.map(({ row }) => row))]
  return {
    title: `Table ${table}: ${titleOf(table)}`,
    columns: [...columns, 'see'],
    rows: rows.map((row) => [
      row,
      ...fleets.map((devices) => {
        const cell = cells.find((each) => each.row === row && each.devices === devices)
        if (!cell) return ''
        return cell.published === cell.recomputed ? cell.published : `${cell.published} ≠ ${cell.recomputed}`
      }),
      marksOf(table, row, here)
        .map((n) => `[${n}]`)
        .join(' '),
    ]),
    notes: here.map((each, i) => noteOf(each, i + 1)),
  }
}

const cellText = (row: string, cell: Decimal | null | undefined) =>
  cell === null || cell === undefined ? '' : fixed(cell, row === 'per device' ? 5 : 2, false)

const today = (table: TableName, prices: Sources): Section => {
  const all = fleets.map((devices) => column(table, prices, devices))
  const rows = [...(all[0]?.keys() ?? [])]
  return {
    title: `Table ${table} at today's prices: ${titleOf(table)}`,
    columns,
    rows: rows.map((row) => [row, ...all.map((cells) => cellText(row, cells.get(row)))]),
    notes: ['The same quantities and formulas, slips included; invocations of 150 ms billed by the millisecond.'],
  }
}

/** `source`: every published table with its cells recomputed, and again at today's prices. */
export const sourceCommand = ({ file, region, catalogue }: Question): Section[] => {
  const cells = checkedCells()
  const equal = cells.filter(({ published, recomputed }) => published === recomputed).length
  const prices: Sources = { aws: catalogue, scaleway: openCatalogue(file, 'scaleway') }
  return [
    {
      title: `${cells.length} published cells, ${equal} recomputed to the last digit, ${cells.length - equal} misprints`,
      columns: [],
      rows: [],
      notes: ['Where two figures stand in a cell, the first is the published one and the second the recomputed.'],
    },
    ...tableNames.map((table) =>
      compared(
        table,
        cells.filter((cell) => cell.table === table),
      ),
    ),
    { title: `Today's prices (${region}; Scaleway in EUR)`, columns: [], rows: [], notes: [] },
    ...tableNames.map((table) => today(table, prices)),
  ]
}
