import { type Section as AnySection, alignedTable } from '../../text/table.ts'

/** A table of a bill. All cells are text already. */
export type Section = AnySection<string>

export type Format = 'text' | 'json' | 'csv' | 'md'

const isFigure = (cell: string) => /^[-$€(<]?[-$€]?\d/.test(cell) || cell === ''

/** For each column, whether all of its cells are figures. */
const leaning = ({ columns, rows }: Section) =>
  columns.map((_, i) => rows.length > 0 && rows.every((row) => isFigure(row[i] ?? '')))

const text = (section: Section): string => alignedTable(section, leaning(section))

const escapeBars = (cell: string) => cell.replaceAll('|', '\\|')

const markdown = (section: Section): string => {
  const right = leaning(section)
  const line = (cells: readonly string[]) => `| ${cells.map(escapeBars).join(' | ')} |`
  const body =
    section.columns.length === 0
      ? []
      : [line(section.columns), line(right.map((is) => (is ? '---:' : '---'))), ...section.rows.map(line), '']
  return [`## ${section.title}`, '', ...body, ...section.notes.map((note) => `- ${note}`), ''].join('\n')
}

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** Removes thousands separators and currency signs from a figure. */
const bare = (cell: string) => (/^-?[$€]?-?[\d,]+(\.\d+)?$/.test(cell) ? cell.replace(/[$€,]/g, '') : cell)

const csv = ({ title, columns, rows }: Section): string =>
  [['table', ...columns], ...rows.map((row) => [title, ...row.map(bare)])]
    .map((row) => row.map(quoted).join(','))
    .join('\n')

const object = ({ title, columns, rows, notes }: Section) => ({
  title,
  rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, bare(row[i] ?? '')]))),
  notes,
})

/** The sections in one of the formats. */
export const render = (sections: readonly Section[], format: Format): string => {
  if (format === 'json') return JSON.stringify(sections.map(object), null, 2)
  const one = { text, csv, md: markdown }[format]
  return sections.map(one).join('\n')
}
