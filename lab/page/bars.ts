import { element, label, picture } from './svg.ts'

/** A bar with its name on the left and its figure on the right. `look` is a CSS class, `good` unless set. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly says: string
  readonly look?: 'fails' | 'plain' | 'aside'
}

const rowHeight = 22
const width = 900
/** Of 12 px type, a little more than measured. */
const letterWidth = 7

const roomFor = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length)) * letterWidth

/** Bars below each other. The largest fills the width. */
export const bars = (title: string, rows: readonly Bar[]): string => {
  const left = roomFor(rows.map(({ name }) => name)) + 14
  const room = width - left - roomFor(rows.map(({ says }) => says)) - 10
  const largest = Math.max(0, ...rows.map(({ value }) => value)) || 1
  const drawn = rows.flatMap(({ name, value, says, look }, i) => {
    const y = i * rowHeight
    const long = Math.max(2, (value / largest) * room)
    return [
      label(left - 10, y + 15, name, { 'text-anchor': 'end' }),
      element('rect', { x: left, y: y + 4, width: long, height: 14, rx: 2, class: look ? `bar ${look}` : 'bar' }),
      label(left + long + 8, y + 15, says, { class: 'quiet' }),
    ]
  })
  return picture(width, rows.length * rowHeight, title, ...drawn)
}
