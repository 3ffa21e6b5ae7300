import { aligned } from '../../../commands/command-line/aligned.ts'
import { type Fate, fatesOf, findingsOf, rateOf, verdictOf } from '../result/fates.ts'
import { count, figure, largestFirst, percent, words } from '../result/figures.ts'
import { microsOf, partsOf } from '../result/parts.ts'
import type { LoadResult, PackAges } from '../result/result.ts'
import { loudHead, loudRows, loudSentence } from './loud.ts'
import { planOf } from './plan.ts'

/** Lines of one section. The first column is a name, and the `numbers` columns after it are aligned to the right. */
const section = (head: readonly string[], numbers: number, rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)))
  const isNumber = (i: number) => i >= 1 && i <= numbers
  return aligned(all.map((row) => row.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell))))
}

const fateRow = ({ name, messages, means, isFault }: Fate) => [
  `${isFault && messages !== 0 ? '! ' : '  '}${name}`,
  count(messages),
  means,
]

const messages = (result: LoadResult) =>
  section(
    ['MESSAGES', '', ''],
    1,
    [
      {
        name: 'sent',
        messages: result.sent,
        means: `in ${figure(result.sendSeconds)} s, ${figure(rateOf(result))} a second`,
      },
      ...fatesOf(result),
      ...findingsOf(result),
    ].map(fateRow),
  )

const latencies = ({ ackMs, confirmMs, endToEndMs }: LoadResult) =>
  section(
    ['LATENCY, ms', 'p50', 'p99', 'max'],
    3,
    Object.entries({ 'due to answer': ackMs, 'socket to bus': confirmMs, 'due to reading': endToEndMs }).map(
      ([name, { p50, p99, max }]) => [`  ${name}`, figure(p50), figure(p99), figure(max)],
    ),
  )

const cpu = (result: LoadResult) =>
  section(['CPU', 'us a message', 'of one core', 'seconds', ''], 3, [
    ...partsOf(result).map(({ name, isOutside, microsPerMessage, corePercent, cpuSeconds }) => [
      `  ${words(name)}`,
      figure(microsPerMessage),
      percent(corePercent),
      figure(cpuSeconds),
      isOutside ? 'not counted' : '',
    ]),
    ['  all that count', figure(microsOf(result, () => true)), '', '', ''],
  ])

const oldestOf = ({ timeline }: LoadResult, step: keyof PackAges) => {
  const ages = timeline.flatMap(({ oldestPackMs }) => oldestPackMs?.[step] ?? [])
  return ages.length === 0 ? null : Math.max(...ages) / 1_000
}

const rest = (result: LoadResult) =>
  section(['OTHER', ''], 1, [
    ['  readings', count(result.readings)],
    ['  datagrams the kernel dropped', count(result.kernelDrops)],
    ['  drained after the last send, s', figure(result.drainSeconds)],
    ...(['raw', 'pulse'] as const).map((step) => [
      `  oldest pack with a ${step} worker, s`,
      figure(oldestOf(result, step)),
    ]),
    ['  sender behind its plan, ms', figure(result.sender.lagMs)],
    ['  its own CPU in that second, of a core', percent(result.sender.ownCorePercent)],
    [`  CPU of all ${result.sender.cores} cores in that second`, percent(result.sender.machinePercent)],
    ...largestFirst(result.peakRssMb).map(([name, mb]) => [`  peak memory of ${words(name)}, MB`, figure(mb)]),
  ])

const loudDevice = (result: LoadResult) => {
  const sentence = loudSentence(result)
  const [unit = '', ...columns] = loudHead
  const rows = loudRows(result).map(([name = '', ...cells]) => [`  ${name}`, ...cells])
  return sentence === null ? [] : [section([`LOUD DEVICE, ${unit}`, ...columns], columns.length, rows), sentence]
}

const conservation = ({ conservation: checks }: LoadResult) =>
  aligned([
    ['CONSERVATION', '', ''],
    ...checks.map(({ lane, check, holds, says }) => [`${holds ? '  ' : '! '}${lane}`, check, says]),
  ])

/** What became of every message and what it cost, as text for a terminal. The verdict comes last. */
export const printReport = (result: LoadResult): string =>
  [
    planOf(result),
    messages(result),
    latencies(result),
    cpu(result),
    ...loudDevice(result),
    rest(result),
    ...(result.conservation.length > 0 ? [conservation(result)] : []),
    `${verdictOf(result).says}\n`,
  ].join('\n\n')

/** The result as `--json` writes it. */
export const jsonReport = (result: object): string => `${JSON.stringify(result, null, 2)}\n`
