import type { Stage } from '../stage.ts'
import { hour, type LaneName, lanes, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Rejects of a lane, by the step that found them. */
export const rejectSymptoms = (stage: Stage, lane: LaneName): Symptom[] =>
  (['raw', 'pulse'] as const).map((step) => ({
    name: `Rejects of ${lane}, ${step}`,
    severity: 'warn',
    runbook: 'rejects',
    sentence: `Messages of ${lane} are refused at the step ${step}; they are kept with their bytes and reasons.`,
    metric: own(stage, [lane, step], 'rejected'),
    above: 0,
    periods: [5, 15],
    noData: 'fine',
  }))

/** Only where the stage expects traffic: without any, silence is what is right. */
export const silenceSymptoms = (stage: Stage): Symptom[] => {
  const { silenceHours } = stage.watch
  if (silenceHours === 0) return []
  return lanes.map((lane) => ({
    name: `Nothing from ${lane}`,
    severity: 'page',
    runbook: 'silence',
    sentence: `Not one message of ${lane} has come for ${silenceHours} hours.`,
    metric: own(stage, [lane, 'raw'], 'received', { period: hour }),
    below: 1,
    periods: [silenceHours, silenceHours],
    noData: 'bad',
  }))
}
