import { element, label, picture, short } from '../../page/svg.ts'
import type { LoadResult } from '../result/result.ts'
import { clock, clockTicks, roundTicks } from './axis.ts'
import { faultList, marksOf } from './marks.ts'
import { type Span, secondsOf, spansOf } from './timeline.ts'

const width = 900
const left = 56
const right = 884
const panelHeight = 110
const titleHeight = 42
const keyWidth = 112

interface Line {
  readonly name: string
  readonly look: 'area' | 'first' | 'second' | 'third'
  readonly at: (span: Span) => number | null
}

interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
}

const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000)

const panels: readonly Panel[] = [
  {
    title: 'messages a second',
    lines: [
      { name: 'sent', look: 'area', at: ({ sent }) => sent },
      { name: 'accepted', look: 'first', at: ({ accepted }) => accepted },
      { name: 'stored', look: 'second', at: ({ stored }) => stored },
    ],
  },
  { title: 'readings a second', lines: [{ name: 'readings', look: 'third', at: ({ readings }) => readings }] },
  {
    title: 'messages accepted, not yet stored',
    lines: [{ name: 'backlog', look: 'area', at: ({ backlog }) => backlog }],
  },
  {
    title: 'packs waiting in queues',
    lines: [{ name: 'packs', look: 'area', at: ({ waitingPacks }) => waitingPacks }],
  },
  {
    title: 'age of the oldest pack with a worker, s',
    lines: [
      { name: 'raw worker', look: 'first', at: ({ oldestRawMs }) => seconds(oldestRawMs) },
      { name: 'pulse worker', look: 'second', at: ({ oldestPulseMs }) => seconds(oldestPulseMs) },
    ],
  },
]

/** The legend of a panel, to the right of its title. A single line needs none. */
const key = (lines: readonly Line[], y: number) =>
  lines.length === 1
    ? []
    : lines.flatMap(({ name, look }, i) => {
        const at = right - (lines.length - i) * keyWidth
        const swatch =
          look === 'area'
            ? element('rect', { x: at, y: y - 10, width: 20, height: 10, class: 'area' })
            : element('line', { x1: at, x2: at + 20, y1: y - 4, y2: y - 4, class: `line ${look}` })
        return [swatch, label(at + 26, y, name, { class: 'quiet' })]
      })

type Scale = (value: number) => number

const linear =
  (largest: number, from: number, to: number): Scale =>
  (value) =>
    from + (value / largest) * (to - from)

/** A stepped line: each value covers its whole span. An area is filled down to zero. */
const curve = ({ look, at }: Line, spans: readonly Span[], x: Scale, y: Scale) => {
  const known = spans.flatMap((span) => {
    const value = at(span)
    return value === null ? [] : [{ ...span, value }]
  })
  const points = known.flatMap(({ from, to, value }) =>
    [from, to].map((t) => `${x(t).toFixed(1)},${y(value).toFixed(1)}`),
  )
  const [first, last] = [known[0], known.at(-1)]
  if (!first || !last) return ''
  const ground = y(0).toFixed(1)
  const closed = [`${x(first.from).toFixed(1)},${ground}`, ...points, `${x(last.to).toFixed(1)},${ground}`]
  return look === 'area'
    ? element('polygon', { points: closed.join(' '), class: 'area' })
    : element('polyline', { points: points.join(' '), class: `line ${look}` })
}

const panelOf = ({ title, lines }: Panel, spans: readonly Span[], x: Scale, top: number): string[] => {
  const values = lines.flatMap(({ at }) => spans.flatMap((span) => at(span) ?? []))
  const ticks = roundTicks(Math.max(0, ...values), 4)
  const [ground, roof] = [top + titleHeight + panelHeight, top + titleHeight]
  const y = linear(ticks.at(-1) ?? 1, ground, roof)
  return [
    label(left, roof - 10, title, { class: 'strong' }),
    ...key(lines, roof - 10),
    ...ticks.flatMap((tick) => [
      element('line', { x1: left, x2: right, y1: y(tick), y2: y(tick), class: 'grid' }),
      label(left - 8, y(tick) + 4, short(tick), { 'text-anchor': 'end', class: 'quiet' }),
    ]),
    ...lines.map((line) => curve(line, spans, x, y)),
    ...(values.length === 0
      ? [label((left + right) / 2, roof + 60, 'not measured', { 'text-anchor': 'middle', class: 'quiet' })]
      : []),
  ]
}

const timeAxis = (seconds: number, x: Scale, bottom: number) => [
  ...clockTicks(seconds).map((tick) =>
    label(x(tick), bottom + 18, clock(tick), { 'text-anchor': 'middle', class: 'quiet' }),
  ),
  label((left + right) / 2, bottom + 36, 'minutes and seconds of the run', { 'text-anchor': 'middle', class: 'quiet' }),
]

/** The run over time. All panels share one axis, so that a fault shows in each of them. */
export const overTime = (result: LoadResult): string => {
  if (result.timeline.length === 0) return `<p>No second of the run was sampled.</p>${faultList(result.faults)}`
  const seconds = secondsOf(result)
  const x = linear(seconds, left, right)
  const spans = spansOf(result.timeline)
  const marks = marksOf(result.faults, x)
  const step = panelHeight + titleHeight
  const bottom = marks.height + panels.length * step
  const drawn = picture(
    width,
    bottom + 44,
    'The run over time',
    ...marks.draw(bottom),
    ...panels.flatMap((panel, i) => panelOf(panel, spans, x, marks.height + i * step)),
    ...timeAxis(seconds, x, bottom),
  )
  return `<div class="wide">${drawn}</div>${faultList(result.faults)}`
}
