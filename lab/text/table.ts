/** A figure, a word, or null for an empty cell. */
export type Cell = number | string | null

/** One table. The first column says what is measured. */
export interface Section<C extends Cell = Cell> {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly C[])[]
  readonly notes: readonly string[]
}

const decimals = (value: number) => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)

const show = (cell: Cell | undefined): string => {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return cell
  if (!Number.isFinite(cell)) return '?'
  const digits = Number.isInteger(cell) ? 0 : decimals(cell)
  return cell.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/**
 * The section as aligned text: title, columns over a ruler, rows, and indented notes. Without columns only the notes
 * follow the title.
 * @param right for each column, whether its cells are aligned to the right
 */
export const alignedTable = ({ title, columns, rows, notes }: Section<string>, right: readonly boolean[]): string => {
  const widths = columns.map((name, i) =>
    rows.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), name.length),
  )
  const line = (cells: readonly string[]) =>
    widths
      .map((width, i) => (right[i] ? (cells[i] ?? '').padStart(width) : (cells[i] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd()
  const ruler = line(widths.map((width) => '-'.repeat(width)))
  const body = columns.length === 0 ? [] : [line(columns), ruler, ...rows.map(line)]
  return [title, '', ...body, ...notes.map((note) => `  ${note}`), ''].join('\n')
}

/** The section as aligned text. Columns of figures are aligned to the right. */
export const table = (section: Section): string => {
  const { columns, rows } = section
  const isOfWords = (i: number) => i === 0 || rows.every((row) => typeof (row[i] ?? '') === 'string')
  const shown = rows.map((row) => columns.map((_, i) => show(row[i])))
  return alignedTable(
    { ...section, rows: shown },
    columns.map((_, i) => !isOfWords(i)),
  )
}

/** The section as JSON: its rows as objects, by the names of the columns. */
export const plain = ({ title, columns, rows, notes }: Section) => ({
  title,
  rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))),
  notes,
})
