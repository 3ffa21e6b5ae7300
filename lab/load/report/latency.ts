import { element, label, logarithmic, picture } from '../../page/svg.ts'
import { figure } from '../result/figures.ts'
import type { LoadResult, Percentiles } from '../result/result.ts'
import { powers } from './axis.ts'
import { htmlTable } from './html-table.ts'

const width = 420
const [left, right] = [26, 394]
const height = 26

const marksOf = ({ p50, p99, max }: Percentiles) =>
  [p50, p99, max].filter((value) => value !== null).filter((value) => Number.isFinite(value))

const shortTime = (ms: number) => (ms >= 1_000 ? `${ms / 1_000} s` : `${Number(ms.toPrecision(3))} ms`)

/** One row of the picture, on a logarithmic axis: p50 hollow, p99 full, the maximum as a stroke. */
const range = (percentiles: Percentiles, ticks: readonly number[]): string => {
  const [low = 1, high = 10] = [ticks[0], ticks.at(-1)]
  const x = logarithmic(low, high, left, right)
  const at = marksOf(percentiles).map((value) => x(Math.max(low, value)))
  const middle = height / 2
  const [p50, p99, max] = at
  return picture(
    width,
    height,
    'p50, p99 and max',
    ...ticks.map((tick) => element('line', { x1: x(tick), x2: x(tick), y1: 0, y2: height, class: 'grid' })),
    ...(p50 === undefined || p99 === undefined || max === undefined
      ? []
      : [
          element('line', { x1: p50, x2: max, y1: middle, y2: middle, class: 'range' }),
          element('line', { x1: max, x2: max, y1: middle - 6, y2: middle + 6, class: 'range' }),
          element('circle', { cx: p99, cy: middle, r: 5, class: 'p99' }),
          element('circle', { cx: p50, cy: middle, r: 5, class: 'p50' }),
        ]),
  )
}

const scale = (ticks: readonly number[]) => {
  const x = logarithmic(ticks[0] ?? 1, ticks.at(-1) ?? 10, left, right)
  return picture(
    width,
    16,
    'milliseconds',
    ...ticks.map((tick) => label(x(tick), 12, shortTime(tick), { 'text-anchor': 'middle', class: 'quiet' })),
  )
}

/** Latencies as a table. Each row has a picture, all on the same axis. */
export const latencyTable = ({ ackMs, confirmMs, endToEndMs }: LoadResult): string => {
  const rows: [string, string, Percentiles][] = [
    ['Answer', 'from when a message was due to its answer', ackMs],
    ['On the bus', 'from the gateway’s socket to the confirmation of the bus', confirmMs],
    ['Read', 'from when a message was due to its reading', endToEndMs],
  ]
  const measured = rows.flatMap(([, , percentiles]) => marksOf(percentiles))
  const ticks = measured.some((value) => value > 0) ? powers(measured) : []
  const lines = rows.map(([name, says, percentiles]) => ({
    cells: [
      `${name}<small>${says}</small>`,
      ...[percentiles.p50, percentiles.p99, percentiles.max].map(figure),
      ticks.length > 0 ? range(percentiles, ticks) : '',
    ],
  }))
  const note = measured.length < 9 ? '<p class="note">–: not measured in this run.</p>' : ''
  return htmlTable(['ms', 'p50', 'p99', 'max', ticks.length > 0 ? scale(ticks) : ''], lines, 'latency') + note
}
