import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import type { Stage } from '../stage/stage.ts'
import { hour, type LaneName, lanes, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Fewer are a single device, or a scanner at an open port: for those it is enough to be told on the next day. */
const fewRejects = 50

/** In five minutes, of what came in how much was refused, in percent. */
const rejectedShare = (stage: Stage, lane: LaneName): IMetric => {
  const period = Duration.minutes(5)
  return new MathExpression({
    expression: `IF(raw + pulse > ${fewRejects}, 100 * (raw + pulse) / received, 0)`,
    usingMetrics: {
      raw: own(stage, [lane, 'raw'], 'rejected', { period }),
      pulse: own(stage, [lane, 'pulse'], 'rejected', { period }),
      received: own(stage, [lane, 'raw'], 'received', { period }),
    },
    period,
    label: 'refused, %',
  })
}

/**
 * Rejects of a lane, by the step that found them. What the port that is open to everybody refuses before it is stored has
 * an alarm of its own (R10): as a warning it would never end.
 */
export const rejectSymptoms = (stage: Stage, lane: LaneName): Symptom[] => [
  ...(lane === 'sigfox' ? (['raw', 'pulse'] as const) : (['pulse'] as const)).map(
    (step): Symptom => ({
      name: `Rejects of ${lane}, ${step}`,
      severity: 'warn',
      runbook: 'rejects',
      sentence: `Messages of ${lane} are refused at the step ${step}; they are kept with their bytes and reasons.`,
      metric: own(stage, [lane, step], 'rejected'),
      above: 0,
      periods: [5, 15],
      noData: 'fine',
    }),
  ),
  {
    name: `More than 1 % of ${lane} is refused`,
    severity: 'page',
    runbook: 'rejects',
    sentence: `More than one message in a hundred of ${lane} is refused: a new firmware, or a decoder that is wrong.`,
    metric: rejectedShare(stage, lane),
    above: 1,
    periods: [2, 3],
    noData: 'fine',
  },
]

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
