/** A figure, a word, or nothing where there is none. */
export type Cell = number | string | null

/** One table: the first column says what, the others how much, with the aim and the floor beside. */
export interface Section {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  readonly notes: readonly string[]
}

/** Says in one line what is being measured now. */
export type Progress = (line: string) => void

/** Measures one part of the system. */
export type Part = (progress: Progress) => Promise<Section[]>

const decimals = (value: number) => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)

const show = (cell: Cell | undefined): string => {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return cell
  if (!Number.isFinite(cell)) return '?'
  const digits = Number.isInteger(cell) ? 0 : decimals(cell)
  return cell.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** The section as aligned text: words to the left, figures to the right. */
export const table = ({ title, columns, rows, notes }: Section): string => {
  const body = rows.map((row) => columns.map((_, i) => show(row[i])))
  const widths = columns.map((name, i) => Math.max(name.length, ...body.map((row) => row[i]?.length ?? 0)))
  const leaning = columns.map((_, i) => i === 0 || rows.every((row) => typeof (row[i] ?? '') === 'string'))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (leaning[i] ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  const ruler = line(widths.map((width) => '-'.repeat(width)))
  return [title, '', line(columns), ruler, ...body.map(line), ...notes.map((note) => `  ${note}`), ''].join('\n')
}

/** The section for a program: its rows as objects, by the names of the columns. */
export const plain = ({ title, columns, rows, notes }: Section) => ({
  title,
  rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))),
  notes,
})

/** The middle one of some measurements: a neighbour on the machine disturbs single ones. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
