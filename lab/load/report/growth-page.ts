import { document } from '../../page/document.ts'
import { element, escaped, label, logarithmic, picture } from '../../page/svg.ts'
import { count, figure, percent } from '../result/figures.ts'
import type { Growth } from '../result/growth.ts'
import { onLine } from '../result/line.ts'
import { powers } from './axis.ts'
import { growthNotes, growthRows, idleOf } from './growth-table.ts'
import { htmlTable } from './html-table.ts'
import { style } from './style.ts'

const [width, height] = [900, 420]
const [left, right, top, bottom] = [70, 870, 16, 350]
const pointsOfLine = 60

/** A label next to a point, on the side where the rising line does not cross it. */
const nameOf = (text: string, x: number, y: number, lineY: number) => {
  const isLeft = x < (left + right) / 2
  return label(x, isLeft && y > lineY ? y + 20 : y - 12, text, { 'text-anchor': isLeft ? 'start' : 'end' })
}

/** CPU by rate on two logarithmic axes: the measured sizes, the line through them, and the idle system. */
const chart = (growth: Growth): string => {
  const { sizes, line } = growth
  const idle = idleOf(growth)
  const rates = sizes.map(({ messagesPerSecond }) => messagesPerSecond).filter((rate) => rate > 0)
  const costs = [...sizes.map(({ corePercent }) => corePercent), idle].filter((cost) => cost > 0)
  if (rates.length === 0 || costs.length === 0) return '<p>Not measured.</p>'
  const [rateTicks, costTicks] = [powers(rates), powers(costs)]
  const ends = (ticks: readonly number[]) => [ticks[0] ?? 1, ticks.at(-1) ?? 10] as const
  const [low, high] = ends(rateTicks)
  const x = logarithmic(low, high, left, right)
  const y = logarithmic(...ends(costTicks), bottom, top)
  const lineAt = (rate: number) => y(Math.max(1e-9, line ? onLine(line, rate) : 0))
  const along = Array.from({ length: pointsOfLine + 1 }, (_, i) => low * (high / low) ** (i / pointsOfLine))
  const inside = (at: number) => at >= top && at <= bottom
  const curve = along
    .map((rate) => [x(rate), lineAt(rate)] as const)
    .filter(([, at]) => inside(at))
    .map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`)
  return picture(
    width,
    height,
    'CPU of the system by messages a second',
    ...rateTicks.flatMap((tick) => [
      element('line', { x1: x(tick), x2: x(tick), y1: top, y2: bottom, class: 'grid' }),
      label(x(tick), bottom + 20, figure(tick), { 'text-anchor': 'middle', class: 'quiet' }),
    ]),
    ...costTicks.flatMap((tick) => [
      element('line', { x1: left, x2: right, y1: y(tick), y2: y(tick), class: 'grid' }),
      label(left - 8, y(tick) + 4, percent(tick), { 'text-anchor': 'end', class: 'quiet' }),
    ]),
    label((left + right) / 2, bottom + 44, 'messages a second', { 'text-anchor': 'middle', class: 'quiet' }),
    ...(idle > 0
      ? [
          element('line', { x1: left, x2: right, y1: y(idle), y2: y(idle), class: 'line second' }),
          label(right, y(idle) - 6, `idle: ${percent(idle)}`, { 'text-anchor': 'end', class: 'quiet' }),
        ]
      : []),
    element('polyline', { points: curve.join(' '), class: 'line first' }),
    ...sizes.flatMap(({ devices, messagesPerSecond, corePercent }) => [
      element('circle', { cx: x(messagesPerSecond), cy: y(corePercent), r: 5, class: 'p99' }),
      nameOf(
        `${count(devices)}: ${percent(corePercent)}`,
        x(messagesPerSecond),
        y(corePercent),
        lineAt(messagesPerSecond),
      ),
    ]),
  )
}

/** A self-contained page: what each size of the fleet cost, and whether the cost grows linearly. */
export const growthPage = (growth: Growth): string => {
  const [head = [], ...rows] = growthRows(growth)
  const bad = growth.sizes.filter(({ isEven }) => !isEven)
  const { minutes, sigfoxShare, sigfoxBatches, bus, seed } = growth.plan
  const body = [
    `<h1>${escaped(growth.says)}</h1>`,
    `<p class="note">${figure(minutes)} min each, ${sigfoxShare} % over Sigfox ${sigfoxBatches ? 'in one-second batches' : 'one by one'}, bus ${escaped(bus)}, seed ${seed}</p>`,
    ...bad.map(({ devices, says }) => `<p><strong>${count(devices)} devices: ${escaped(says)}</strong></p>`),
    `<section><h2>CPU of the system, of one core</h2><p class="note">Both axes are logarithmic. Line: the fixed cost and what a message adds.</p><div class="wide">${chart(growth)}</div></section>`,
    `<section><h2>What each size costs</h2>${htmlTable(
      head.map((cell) => escaped(cell)),
      rows.map((cells) => ({ cells: cells.map((cell) => escaped(cell)) })),
      'figures',
    )}${growthNotes.map((note) => `<p class="note">${escaped(note)}</p>`).join('')}</section>`,
  ]
  return document('Sluice: how cost grows', style, body.join('\n'))
}
