import { element, escaped, label } from '../../page/svg.ts'
import type { FaultMark } from '../result/result.ts'
import { saidOf } from './plan.ts'

const radius = 9
const apart = 2 * radius + 3

/** Puts each number into the first row where it overlaps no other. */
const rowsOf = (places: readonly number[]): number[] => {
  const ends: number[] = []
  return places.map((place) => {
    const free = ends.findIndex((end) => end <= place)
    const row = free < 0 ? ends.length : free
    ends[row] = place + apart
    return row
  })
}

const inOrder = (faults: readonly FaultMark[]) => [...faults].sort((a, b) => a.atSecond - b.atSecond)

/** The faults in the picture of a run: a number at the top, a line where each began, a band while it lasted. */
export const marksOf = (faults: readonly FaultMark[], x: (second: number) => number) => {
  const ordered = inOrder(faults)
  const rows = rowsOf(ordered.map(({ atSecond }) => x(atSecond)))
  const height = (Math.max(-1, ...rows) + 1) * apart
  const lineOf = ({ atSecond, lastedSeconds }: FaultMark, i: number, bottom: number) => {
    const [begin, end] = [x(atSecond), x(atSecond + lastedSeconds)]
    return [
      element('rect', { x: begin, y: height, width: end - begin, height: bottom - height, class: 'fault' }),
      element('line', { x1: begin, x2: begin, y1: (rows[i] ?? 0) * apart + radius, y2: bottom, class: 'fault' }),
    ].join('')
  }
  const numberOf = (fault: FaultMark, i: number) => {
    const [cx, cy] = [x(fault.atSecond), (rows[i] ?? 0) * apart + radius + 1]
    return [
      element('circle', { cx, cy, r: radius, class: 'mark' }, element('title', {}, escaped(saidOf(fault)))),
      label(cx, cy + 4, String(i + 1), { 'text-anchor': 'middle' }),
    ].join('')
  }
  const draw = (bottom: number) => [...ordered.map((fault, i) => lineOf(fault, i, bottom)), ...ordered.map(numberOf)]
  return { height, draw }
}

/** The legend of the numbers. */
export const faultList = (faults: readonly FaultMark[]): string =>
  faults.length === 0
    ? ''
    : element('ol', { class: 'marks' }, ...inOrder(faults).map((fault) => element('li', {}, escaped(saidOf(fault)))))
