import { element, label, picture, short } from '../../page/svg.ts'
import { type Group, groupNames, money, type Panel } from './series.ts'

const width = 420
const height = 250
const top = 44
const bottom = 210
const barWidth = 44

const colourOf = (group: Group) => `var(--group-${groupNames.indexOf(group)})`

/** Shares of the bill by group, one bar a fleet. The dollars stand above, because totals span three powers of ten. */
const panel = ({ title, bars }: Panel): string => {
  const step = (width - 20) / bars.length
  const drawn = bars.map(({ devices, parts, total }, i) => {
    const x = 10 + step * i + (step - barWidth) / 2
    let y = bottom
    const stack = groupNames.map((group) => {
      const part = parts.get(group) ?? 0
      const tall = total > 0 ? (part / total) * (bottom - top) : 0
      y -= tall
      if (tall < 0.5) return ''
      return element(
        'rect',
        { x, y, width: barWidth, height: tall, fill: colourOf(group), class: 'segment' },
        element('title', {}, `${group}: ${money(part)} $ of ${money(total)} $`),
      )
    })
    return [
      ...stack,
      label(x + barWidth / 2, top - 8, `$${money(total)}`, { 'text-anchor': 'middle', class: 'strong' }),
      label(x + barWidth / 2, bottom + 16, short(devices), { 'text-anchor': 'middle' }),
    ].join('')
  })
  return element(
    'figure',
    {},
    element('figcaption', {}, title),
    picture(
      width,
      height,
      title,
      ...drawn,
      label(width / 2, bottom + 34, 'devices', { 'text-anchor': 'middle', class: 'quiet' }),
    ),
  )
}

const legend = (): string =>
  element(
    'p',
    { class: 'legend' },
    ...groupNames.map((group) => element('span', {}, element('i', { style: `background:${colourOf(group)}` }), group)),
  )

export const barsOf = (panels: readonly Panel[]): string =>
  legend() + element('div', { class: 'panels' }, ...panels.map(panel))
