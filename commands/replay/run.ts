import type { Selection } from '../../adapters/postgres/replay/selection.ts'
import type { ReplayReport } from '../../core/replay/replay-devices.ts'
import type { Operations } from '../../operations/index.ts'
import { aligned } from '../command-line/aligned.ts'
import { progressBar } from '../command-line/progress.ts'

const reportText = (report: ReplayReport, dryRun: boolean): string => {
  const rows: [string, number][] = [
    ['readings added', report.readingsAdded],
    ['readings changed', report.readingsChanged],
    ['readings gone', report.readingsGone],
    ['events written', report.eventsWritten],
    ['events gone', report.eventsGone],
    ['messages newly decoded', report.newlyDecoded],
    ['messages newly rejected', report.newlyRejected],
    ['rejects opened', report.rejectsOpened],
    ['rejects resolved', report.rejectsResolved],
  ]
  const head = `${report.devices} devices, ${report.messages} messages decoded again${dryRun ? '; a dry run: nothing was changed' : ''}`
  const shown = rows.filter(([, count]) => count > 0).map(([name, count]) => [`  ${name}`, String(count)])
  if (shown.length === 0) return `${head}\n  no difference`
  const examples = report.examples.map((example) => `    ${example}`)
  return [head, aligned(shown), ...(examples.length > 0 ? ['  for example', ...examples] : [])].join('\n')
}

/** Replays until no device remains. Shows progress, and prints the difference at the end. */
export const runReplay = async (operations: Operations, selection: Selection, dryRun: boolean): Promise<void> => {
  let job = await operations.startReplay({ selection, dryRun })
  if (job.report.devices > 0) console.log(`Continuing with ${job.remaining} of ${job.devices} devices.`)
  const bar = progressBar()
  try {
    while (job.remaining > 0) {
      bar.show(1 - job.remaining / job.devices, `${job.devices - job.remaining} of ${job.devices} devices`)
      job = await operations.continueReplay({ job, selection, dryRun })
    }
  } finally {
    bar.end()
  }
  console.log(reportText(job.report, dryRun))
}
