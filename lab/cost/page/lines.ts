import { element, label, logarithmic, picture, short } from '../../page/svg.ts'
import type { Curve } from './series.ts'

const width = 900
const height = 520
const plot = { left: 64, right: 690, top: 16, bottom: 460 }
const fleetRange = [1_000, 36_000_000] as const
const costRange = [0.000003, 0.3] as const

const x = logarithmic(...fleetRange, plot.left, plot.right)
const y = logarithmic(...costRange, plot.bottom, plot.top)

/** A break-even point: the fleet, and what a device costs there. */
export interface Mark {
  readonly text: string
  readonly devices: number
  readonly cost: number
}

const grid = (): string[] => [
  ...[1e3, 1e4, 1e5, 1e6, 1e7].flatMap((fleet) => [
    element('line', { x1: x(fleet), x2: x(fleet), y1: plot.top, y2: plot.bottom, class: 'grid' }),
    label(x(fleet), plot.bottom + 18, short(fleet), { 'text-anchor': 'middle' }),
  ]),
  ...[1e-5, 1e-4, 1e-3, 1e-2, 1e-1].flatMap((cost) => [
    element('line', { x1: plot.left, x2: plot.right, y1: y(cost), y2: y(cost), class: 'grid' }),
    label(plot.left - 8, y(cost) + 4, cost.toFixed(-Math.log10(cost)), { 'text-anchor': 'end' }),
  ]),
  label((plot.left + plot.right) / 2, plot.bottom + 38, 'devices', { 'text-anchor': 'middle', class: 'quiet' }),
  label(plot.left, plot.top - 4, '$ a device and month', { class: 'quiet' }),
]

const fleetsUpTo = (largest: number) => {
  const steps = 60
  const [low] = fleetRange
  return Array.from({ length: steps + 1 }, (_, i) => Math.round(low * (largest / low) ** (i / steps)))
}

/** Names at the ends of the lines, moved apart where they would overlap. */
const spread = (ends: readonly { name: string; at: number }[]) => {
  const sorted = [...ends].sort((a, b) => a.at - b.at)
  const placed: { name: string; at: number; place: number }[] = []
  for (const end of sorted) placed.push({ ...end, place: Math.max(end.at, (placed.at(-1)?.place ?? -100) + 16) })
  return placed
}

const curveOf = (curve: Curve, i: number) => {
  const points = fleetsUpTo(curve.largest).map((fleet) => `${x(fleet).toFixed(1)},${y(curve.at(fleet)).toFixed(1)}`)
  return element('polyline', { points: points.join(' '), class: `curve ${curve.family}`, stroke: `var(--curve-${i})` })
}

const names = (curves: readonly Curve[]): string[] =>
  spread(curves.map((curve) => ({ name: curve.name, at: y(curve.at(curve.largest)) }))).map(({ name, at, place }) => {
    const i = curves.findIndex((curve) => curve.name === name)
    const end = x(curves[i]?.largest ?? 1_000)
    return [
      element('polyline', {
        points: `${end},${at.toFixed(1)} ${plot.right + 8},${place} ${plot.right + 14},${place}`,
        class: 'leader',
        stroke: `var(--curve-${i})`,
      }),
      label(plot.right + 18, place + 4, name),
    ].join('')
  })

/** Break-even points lie close together, so their numbers stand alternately above and below them. */
const markOf = ({ text, devices, cost }: Mark, i: number) => {
  const [cx, cy] = [x(devices), y(cost)]
  const off = cy + (i % 2 === 0 ? -30 : 30)
  return [
    element('line', { x1: cx, x2: cx, y1: cy, y2: off, class: 'step' }),
    element('circle', { cx, cy, r: 3, class: 'point' }),
    element('circle', { cx, cy: off, r: 9, class: 'mark' }, element('title', {}, text)),
    label(cx, off + 4, String(i + 1), { 'text-anchor': 'middle', class: 'strong' }),
  ]
}

/** Every architecture by fleet, on two logarithmic axes, with numbered break-even points. */
export const linesOf = (curves: readonly Curve[], marks: readonly Mark[]): string =>
  picture(
    width,
    height,
    'Dollars a device and month, by fleet',
    ...grid(),
    ...curves.map(curveOf),
    ...names(curves),
    ...marks.flatMap(markOf),
  ) +
  element(
    'ol',
    { class: 'marks' },
    ...marks.map(({ text, devices }) => element('li', {}, `${text}: from ${devices.toLocaleString('en')} devices`)),
  )
