import { aligned } from '../../../commands/shared/aligned.ts'
import { count, figure, percent, share, words } from '../result/figures.ts'
import { billedStage, type Growth } from '../result/growth.ts'
import { onLine } from '../result/line.ts'

/** Stages that cost anything at any size, the dearest at the largest first. */
const stagesOf = ({ sizes }: Growth): string[] => {
  const last = sizes.at(-1)?.cpuMicrosPerMessage ?? {}
  const all = new Set(sizes.flatMap(({ cpuMicrosPerMessage }) => Object.keys(cpuMicrosPerMessage)))
  return [...all]
    .filter((stage) => sizes.some(({ cpuMicrosPerMessage }) => (cpuMicrosPerMessage[stage] ?? 0) > 0))
    .sort((a, b) => (last[b] ?? 0) - (last[a] ?? 0))
}

/** Percent of one core of a system that nothing is sent to, all stages together. */
export const idleOf = ({ idlePercent }: Growth): number =>
  Object.values(idlePercent).reduce((sum, value) => sum + value, 0)

/** The sizes as rows of text under the names of the columns. */
export const growthRows = (growth: Growth): string[][] => {
  const stages = stagesOf(growth)
  return [
    [
      'devices',
      'messages/s',
      ...stages.map((stage) => `${words(stage)}, µs`),
      'all, µs a message',
      'of one core',
      'of that fixed',
      `$ a month (${billedStage})`,
      '$ a device',
    ],
    ['idle', '0', ...stages.map(() => '–'), '–', percent(idleOf(growth)), '–', '–', '–'],
    ...growth.sizes.map(
      ({ devices, messagesPerSecond, cpuMicrosPerMessage, microsPerMessage, corePercent, dollars }) => [
        count(devices),
        figure(messagesPerSecond),
        ...stages.map((stage) => figure(cpuMicrosPerMessage[stage])),
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
  'CPU of the system alone: without sender, ledger, emulated bus, runner and API. The start of its functions is in it.',
  'Idle: the same system for 20 s before anything is sent; its functions do not run yet.',
  'Fixed: the part of the line through all sizes that is there at any rate.',
  `$: npm run cost -- stage ${billedStage}, for such a fleet reporting once an hour. *: the stage does not carry it as it is.`,
]

/** How cost grows, for a person at a terminal; ends with the verdict. */
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
