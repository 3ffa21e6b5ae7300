import { element, label, logarithmic, picture } from '../../page/svg.ts'
import { approximate } from '../model/decimal.ts'
import type { Rung } from '../stage/ladder.ts'
import { money } from './series.ts'

const width = 900
const row = 38
const left = 345
const right = 800
const top = 34

/** What each step saves, on a logarithmic axis, where equal lengths are equal factors. */
export const waterfallOf = (rungs: readonly Rung[]): string => {
  const totals = rungs.map(({ bill }) => approximate(bill.everything))
  const x = logarithmic(Math.min(...totals) * 0.8, Math.max(...totals), left, right)
  const bottom = top + row * rungs.length
  const ticks = [10, 30, 100, 300, 1_000, 3_000, 10_000].filter((tick) => x(tick) >= left && x(tick) <= right)
  const drawn = rungs.flatMap(({ step }, i) => {
    const now = totals[i] ?? 1
    const before = totals[i - 1]
    const y = top + row * i
    const end = before ?? now
    const start = before === undefined ? left : x(now)
    const saved = before === undefined ? '' : ` (−${money(before - now)})`
    return [
      label(left - 12, y + 20, step, { 'text-anchor': 'end' }),
      element('rect', {
        x: start,
        y: y + 5,
        width: Math.max(2, x(end) - start),
        height: row - 14,
        class: before === undefined ? 'total' : 'saving',
      }),
      element('line', {
        x1: x(now),
        x2: x(now),
        y1: y + 5,
        y2: y + row + (i < rungs.length - 1 ? 5 : -9),
        class: 'step',
      }),
      label(x(end) + 8, y + 20, `$${money(now)}${saved}`, { class: 'strong' }),
    ]
  })
  return picture(
    width + 60,
    bottom + 10,
    'What each step saves',
    ...ticks.flatMap((tick) => [
      element('line', { x1: x(tick), x2: x(tick), y1: top - 4, y2: bottom, class: 'grid' }),
      label(x(tick), top - 12, `$${tick.toLocaleString('en')}`, { 'text-anchor': 'middle', class: 'quiet' }),
    ]),
    ...drawn,
  )
}
