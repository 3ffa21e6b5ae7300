import { aligned } from '../../../commands/command-line/aligned.ts'
import { count, figure, percent, share, words } from '../result/figures.ts'
import { billedStage, type Growth } from '../result/growth.ts'
import { onLine } from '../result/line.ts'

/** Parts that cost anything at any size. The most expensive at the largest size comes first. */
const partNamesOf = ({ sizes }: Growth): string[] => {
  const last = sizes.at(-1)?.cpuMicrosPerMessage ?? {}
  const all = new Set(sizes.flatMap(({ cpuMicrosPerMessage }) => Object.keys(cpuMicrosPerMessage)))
  return [...all]
    .filter((part) => sizes.some(({ cpuMicrosPerMessage }) => (cpuMicrosPerMessage[part] ?? 0) > 0))
    .sort((a, b) => (last[b] ?? 0) - (last[a] ?? 0))
}

/** CPU of a system that receives nothing, all parts together, in percent of one core. */
export const idleOf = ({ idlePercent }: Growth): number =>
  Object.values(idlePercent).reduce((sum, value) => sum + value, 0)

/** The names of the columns, then a row for each size. */
export const growthRows = (growth: Growth): string[][] => {
  const parts = partNamesOf(growth)
  return [
    [
      'devices',
      'messages/s',
      ...parts.map((part) => `${words(part)}, µs`),
      'all, µs a message',
      'of one core',
      'of that fixed',
      `$ a month (${billedStage})`,
      '$ a device',
    ],
    ['idle', '0', ...parts.map(() => '–'), '–', percent(idleOf(growth)), '–', '–', '–'],
    ...growth.sizes.map(
      ({ devices, messagesPerSecond, cpuMicrosPerMessage, microsPerMessage, corePercent, dollars }) => [
        count(devices),
        figure(messagesPerSecond),
        ...parts.map((part) => figure(cpuMicrosPerMessage[part])),
        figure(microsPerMessage),
        percent(corePercent),
        growth.line ? share(growth.line.fixedPercent, onLine(growth.line, messagesPerSecond)) : '–',
        `${count(dollars.aMonth)}${dollars.isCarried ? '' : ' *'}`,
        figure(dollars.aMonth / devices / growth.plan.speed),
      ],
    ),
  ]
}

export const growthNotes: readonly string[] = [
  'CPU of the system alone: without sender, ledger, emulated bus, runner and API. It includes the start of its functions.',
  'Idle: the same system for 20 s before anything is sent. Its functions do not run yet.',
  'Fixed: what the line through all sizes gives at rate 0.',
  `$: npm run cost -- stage ${billedStage}, for a fleet with as many messages that reports once an hour. *: the stage cannot carry it as it is.`,
]

/** How cost grows, as text for a terminal. The verdict comes last. */
export const printGrowth = (growth: Growth): string => {
  const rows = growthRows(growth)
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  const bad = growth.sizes.filter(({ isEven }) => !isEven).map(({ devices, says }) => `! ${count(devices)}: ${says}`)
  return [
    aligned(rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)))),
    growthNotes.map((note) => `  ${note}`).join('\n'),
    ...bad,
    `${growth.says}\n`,
  ].join('\n\n')
}
