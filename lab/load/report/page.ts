import { type Bar, bars } from '../../page/bars.ts'
import { document } from '../../page/document.ts'
import { escaped } from '../../page/svg.ts'
import { type Fate, fatesOf, findingsOf, rateOf, verdictOf } from '../result/fates.ts'
import { count, figure, largestFirst, percent, share, words } from '../result/figures.ts'
import { microsOf, outside, partsOf } from '../result/parts.ts'
import type { LoadResult } from '../result/result.ts'
import { comparison } from './comparison.ts'
import { htmlTable } from './html-table.ts'
import { latencyTable } from './latency.ts'
import { loudTable } from './loud.ts'
import { overTime } from './panels.ts'
import { planOf } from './plan.ts'
import { style } from './style.ts'

const tiles = (result: LoadResult) => {
  const facts = {
    'messages/s': figure(rateOf(result)),
    lost: count(result.lost),
    'answer p99, ms': figure(result.ackMs.p99),
    'CPU µs a message': figure(microsOf(result, () => true)),
    'kernel drops': count(result.kernelDrops),
    'drained in, s': figure(result.drainSeconds),
  }
  const tile = ([name, value]: [string, string]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`
  return `<dl class="tiles">${Object.entries(facts).map(tile).join('')}</dl>`
}

const fateTable = (result: LoadResult) => {
  const rowOf = ({ name, messages, means, isFault }: Fate) => ({
    cells: [name, count(messages), share(messages, result.sent), means],
    look: isFault && messages !== 0 ? 'fails' : '',
  })
  const sent = { name: 'sent', messages: result.sent, means: `in ${figure(result.sendSeconds)} s` }
  return htmlTable(
    ['', 'messages', 'of those sent', ''],
    [sent, ...fatesOf(result), ...findingsOf(result)].map(rowOf),
    'text',
  )
}

const barsOr = (title: string, rows: readonly Bar[]) =>
  rows.length === 0 ? '<p>Not measured.</p>' : `<div class="wide">${bars(title, rows)}</div>`

const cpu = (result: LoadResult) => {
  const rows = partsOf(result).map(({ name, isOutside, microsPerMessage, corePercent, cpuSeconds }) => ({
    name: words(name),
    value: microsPerMessage,
    says: `${figure(microsPerMessage)} µs, ${percent(corePercent)} of a core, ${figure(cpuSeconds)} s`,
    look: isOutside ? ('aside' as const) : ('plain' as const),
  }))
  return barsOr('CPU microseconds a message', rows)
}

const memory = (result: LoadResult) => {
  const rows = largestFirst(result.peakRssMb).map(([name, mb]) => ({
    name: words(name),
    value: mb,
    says: `${figure(mb)} MB`,
    look: outside.includes(name) ? ('aside' as const) : ('plain' as const),
  }))
  return barsOr('Peak memory', rows)
}

const conservation = ({ conservation: checks }: LoadResult) => {
  const rows = checks.map(({ lane, check, holds, says }) => ({
    cells: [escaped(lane), escaped(check), holds ? 'holds' : 'fails', escaped(says)],
    look: holds ? '' : 'fails',
  }))
  return rows.length === 0 ? '<p>Not checked.</p>' : htmlTable(['lane', 'check', '', ''], rows, 'prose')
}

const section = (title: string, note: string, inside: string) =>
  `<section><h2>${title}</h2>${note && `<p class="note">${note}</p>`}${inside}</section>`

/** A self-contained page: what became of every message, over time, at what cost, next to the source design. */
export const htmlReport = (result: LoadResult): string => {
  const { holds, says } = verdictOf(result)
  const body = [
    `<h1${holds ? '' : ' class="fails"'}>${escaped(says)}</h1><p class="note">${escaped(planOf(result))}</p>${tiles(result)}`,
    section('What became of every message', '', fateTable(result)),
    section('Over time', 'A band lasts as long as its fault; the numbers are explained below.', overTime(result)),
    section(
      'Latency',
      'Hollow: half of all. Full: 99 of 100. Stroke: all. The axis is logarithmic. On the bus: from the buckets of the gateway’s histogram, in proportion within one; 50 ms is a bound of it.',
      latencyTable(result),
    ),
    ...(result.loudDevice ? [section('One device at 1,000 times the rate', '', loudTable(result))] : []),
    section(
      'CPU a message',
      'Grey, and not counted: the load itself, what stands in for the cloud, and the API that reads everything back, with what PostgreSQL does for it.',
      cpu(result),
    ),
    section('Peak memory', '', memory(result)),
    section('Conservation', 'What the system counts of itself.', conservation(result)),
    section('Beside the source design', '', comparison(result)),
  ]
  return document('Sluice: a fleet in a box', style, body.join('\n'))
}
