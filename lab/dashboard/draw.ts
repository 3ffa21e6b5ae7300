import { seeded } from '../../test/support/random.ts'
import { escaped } from '../page/svg.ts'
import { linesOf, type Widget } from './body.ts'

const column = 60
const row = 46
const gap = 6
const colours = ['#1f77b4', '#2ca02c', '#d62728', '#ff7f0e', '#9467bd', '#8c564b', '#17becf', '#7f7f7f', '#bcbd22']

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const boxOf = ({ x, y, width, height }: Widget): Box => ({
  x: x * column + gap,
  y: y * row + gap,
  width: width * column - gap,
  height: height * row - gap,
})

const text = (x: number, y: number, size: number, content: string, more = '') =>
  `<text x="${x}" y="${y}" font-size="${size}" ${more}>${escaped(content)}</text>`

/** Faults are nearly zero on an ordinary day. */
const isTrouble = (label: string) =>
  /rejected|shed|drops|4xx|5xx|denied|duplicates|throttl|error|reason|dead|failed|lost/i.test(label)

/** The lines of a graph follow the same day, slightly apart. */
const samples = (title: string, labels: readonly string[], random: () => number): number[][] => {
  const base = 0.6 + 0.2 * random()
  const phase = random() * 2
  return labels.map((label, line) => {
    const height = isTrouble(title.split(':')[0] ?? '') || isTrouble(label) ? 0.02 : base * (1 - 0.05 * line)
    return Array.from({ length: 60 }, (_, i) => height * (1 + 0.15 * Math.sin(i / 6 + phase) + 0.05 * (random() - 0.5)))
  })
}

const curve = (values: readonly number[], box: Box, colour: string) => {
  const points = values.map((value, i) => {
    const x = box.x + (i / (values.length - 1)) * box.width
    return `${x.toFixed(1)},${(box.y + box.height * (1 - Math.min(1, value))).toFixed(1)}`
  })
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`
}

/** The legend in as many columns as fit. Labels that do not fit are counted. */
const legend = (labels: readonly string[], box: Box): string => {
  const perRow = Math.max(1, Math.floor(box.width / 150))
  const shown = labels.slice(0, perRow * 3)
  const cells = shown.map((label, i) => {
    const x = box.x + (i % perRow) * (box.width / perRow)
    const y = box.y + 12 * Math.floor(i / perRow)
    const longest = Math.floor(box.width / perRow / 5.6) - 3
    const short = label.length > longest ? `${label.slice(0, longest - 1)}…` : label
    return `<rect x="${x}" y="${y - 7}" width="8" height="8" fill="${colours[i % colours.length]}"/>${text(x + 12, y, 10, short)}`
  })
  const more = labels.length - shown.length
  return cells.join('') + (more > 0 ? text(box.x, box.y + 36, 10, `and ${more} more`, 'fill="#666"') : '')
}

const graph = (widget: Widget, box: Box, random: () => number): string => {
  const labels = linesOf(widget)
  const legendHeight = 44
  const plot = { x: box.x + 12, y: box.y + 28, width: box.width - 24, height: box.height - 40 - legendHeight }
  const grid = [0, 0.5, 1].map((at) => {
    const y = plot.y + plot.height * at
    return `<line x1="${plot.x}" x2="${plot.x + plot.width}" y1="${y}" y2="${y}" stroke="#e5e7eb"/>`
  })
  const curves = samples(widget.properties.title ?? '', labels, random).map((values, i) =>
    curve(values, plot, colours[i % colours.length] ?? '#000'),
  )
  return [...grid, ...curves, legend(labels, { ...plot, y: plot.y + plot.height + 18, height: legendHeight })].join('')
}

/** Every alarm as a square. One of them is on, to show how that looks. */
const alarmGrid = ({ properties }: Widget, box: Box): string => {
  const alarms = properties.alarms ?? []
  const perRow = Math.floor((box.width - 24) / 22)
  const squares = alarms.map((_, i) => {
    const x = box.x + 12 + (i % perRow) * 22
    const y = box.y + 34 + Math.floor(i / perRow) * 22
    return `<rect x="${x}" y="${y}" width="18" height="18" rx="3" fill="${i === 4 ? '#d62728' : '#2ca02c'}"/>`
  })
  return (
    squares.join('') +
    text(box.x + 12, box.y + box.height - 14, 11, `${alarms.length} alarms; sample: one of them is on`)
  )
}

const drawn = (widget: Widget, random: () => number): string => {
  const box = boxOf(widget)
  const { title = '', markdown } = widget.properties
  if (markdown !== undefined)
    return text(box.x + 4, box.y + box.height - 12, 17, markdown.replace(/^#+\s*/, ''), 'font-weight="600"')
  const frame = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="4" fill="#fff" stroke="#d1d5db"/>`
  const head = text(box.x + 12, box.y + 19, 12.5, title, 'font-weight="600"')
  return frame + head + (widget.type === 'alarm' ? alarmGrid(widget, box) : graph(widget, box, random))
}

/** The dashboard's layout as a picture: places and names are real, the data is a sample. */
export const draw = (name: string, widgets: readonly Widget[]): string => {
  const { next: random } = seeded(20_261_123)
  const width = 24 * column + gap
  const height = Math.max(...widgets.map(({ y, height }) => y + height)) * row + 2 * gap + 24
  const foot = text(gap, height - 10, 11, `${name}: layout with sample data`, 'fill="#666"')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" fill="#111827"><rect width="${width}" height="${height}" fill="#f3f4f6"/>${widgets.map((widget) => drawn(widget, random)).join('\n')}${foot}</svg>\n`
}
