import { escaped } from '../../page/svg.ts'
import { rateOf } from '../result/fates.ts'
import { count, figure, percent, share } from '../result/figures.ts'
import { microsOf, systemMb } from '../result/parts.ts'
import type { LoadResult } from '../result/result.ts'
import { htmlTable } from './html-table.ts'
import { published, type SourceRun, sourceMicros, sourceRate } from './source.ts'

/** Rates this close count as the same. CPU a message falls as the rate grows, so other rates do not compare. */
const nearness = 0.1

const isSameRate = (run: SourceRun, rate: number | null) =>
  rate !== null && Math.abs(rate / sourceRate(run) - 1) <= nearness

const ours = 'this run<small>Sluice on this machine</small>'

const lookOf = (run: SourceRun, rate: number | null) => (isSameRate(run, rate) ? 'same' : '')

/** Our rate, and the CPU of the parts that count: in percent of one CPU, and in microseconds a message. */
const ourCpu = (result: LoadResult, counts: (part: string) => boolean) => {
  const [micros, rate] = [microsOf(result, counts), rateOf(result)]
  return [figure(rate), percent(micros === null || rate === null ? null : (micros * rate) / 10_000), figure(micros)]
}

const theirCpu = (run: SourceRun) => [figure(sourceRate(run)), percent(run.cpuPercent), figure(sourceMicros(run))]

const nameOf = ({ devices, machines }: SourceRun) => `${count(devices)}<small>on ${escaped(machines)}</small>`

const isDoor = (part: string) => part === 'gateway' || part === 'callback'

const functionTable = (result: LoadResult, rate: number | null, runs: readonly SourceRun[]) =>
  htmlTable(
    [
      'devices in an hour',
      'messages a second',
      'CPU of the doors',
      'CPU µs a message',
      'function calls',
      'mean call, ms',
      'answer p99, ms',
    ],
    [
      ...runs.map((run) => ({
        cells: [nameOf(run), ...theirCpu(run), count(run.invocations), figure(run.meanInvocationMs), '–'],
        look: lookOf(run, rate),
      })),
      {
        cells: [ours, ...ourCpu(result, isDoor), '–', '–', figure(result.ackMs.p99)],
        look: 'ours',
      },
    ],
  )

const swarmTable = (result: LoadResult, rate: number | null, runs: readonly SourceRun[]) =>
  htmlTable(
    [
      'devices in an hour',
      'messages a second',
      'CPU of all',
      'CPU µs a message',
      'memory',
      'delivered',
      'of those not refused',
    ],
    [
      ...runs.map((run) => ({
        cells: [
          nameOf(run),
          ...theirCpu(run),
          percent(run.memoryPercent),
          count(run.delivered),
          share(run.delivered ?? Number.NaN, run.devices),
        ],
        look: lookOf(run, rate),
      })),
      {
        cells: [
          ours,
          ...ourCpu(result, () => true),
          `${count(systemMb(result))} MB`,
          count(result.stored),
          share(result.stored, result.sent - result.refused),
        ],
        look: 'ours',
      },
    ],
  )

const comparable = (rate: number | null): string => {
  const same = published.tables.flatMap(({ rows }) => rows).find((run) => isSameRate(run, rate))
  if (rate === null) return 'This run sent nothing, so nothing compares.'
  const begin = `This run sent ${figure(rate)} messages a second`
  return same
    ? `${begin}, the rate of ${count(same.devices)} devices in an hour: only the marked rows compare with it.`
    : `${begin}. No row has that rate, and CPU a message falls as the rate grows: of these tables only what was delivered compares.`
}

/** Why the two can be compared only in part. */
const reservations = (result: LoadResult) => [
  'CPU percent is read as of one CPU, summed over the machines: 160 % are 1.6 CPUs. The tables do not say so; were it the mean of the machines, their CPU a message would be three times (4.1) or six times (5.1) as much.',
  `They ran on rented machines of 2020 with a network between them, for an hour; this run sent for ${figure(result.sendSeconds)} s over loopback on one machine. A factor of two says little.`,
  'The machines of table 4.1 only take messages in, so the CPU of gateway and callback stands beside them. Its functions are given as wall time with its waits: that is not CPU, and nothing here stands beside it.',
  'CPU a message is of what was sent, also where table 5.1 delivered less than half of it.',
  'The tables know no time to an answer, no percentiles and no time to a reading: the latencies above have no counterpart.',
  'They do not say whether a database is within the CPU of table 5.1; here it is. Its memory is a share of its machines, here it is the sum of the peaks of all processes.',
  'Their one sender had one address, so one machine got nearly all traffic; here the senders have many addresses.',
]

/** The load tests of the source design next to this run. */
export const comparison = (result: LoadResult): string => {
  const rate = rateOf(result)
  const [functions, swarm] = published.tables
  return [
    `<p class="note">${escaped(published.source)}. ${escaped(published.note)} –: not in the table.</p><p>${comparable(rate)}</p>`,
    `<h3>Table ${functions.name}. ${escaped(functions.title)}</h3>${functionTable(result, rate, functions.rows)}`,
    `<h3>Table ${swarm.name}. ${escaped(swarm.title)}</h3>${swarmTable(result, rate, swarm.rows)}`,
    `<h3>What does not compare</h3><ul>${reservations(result)
      .map((one) => `<li>${one}</li>`)
      .join('')}</ul>`,
  ].join('\n')
}
