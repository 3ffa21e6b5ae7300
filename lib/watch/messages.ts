import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { type LaneName, lanes } from '../data/topic.ts'
import type { Stage } from '../stage/stage.ts'
import { filled, hour, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Fewer rejects come from a single device, or from a scanner at an open port. A warning is enough for those. */
const fewRejects = 50

/** Percent of the messages of five minutes that were refused. */
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
 * Rejects of a lane, by the step that found them. Datagrams that the open UDP port refuses have their own alarm (R10): a
 * warning for any of them would never end.
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

/** Only where the stage expects steady traffic. */
export const silenceSymptoms = (stage: Stage): Symptom[] => {
  const { silenceHours } = stage.watch
  if (silenceHours === 0) return []
  return lanes.map((lane) => ({
    name: `Nothing from ${lane}`,
    severity: 'page',
    runbook: 'silence',
    sentence: `Not one message of ${lane} has come for ${silenceHours} hours.`,
    // What the worker was handed, not what it stored: an outage of the database is no silence of the network.
    metric: filled(own(stage, [lane, 'raw'], 'oldestSeconds', { statistic: 'SampleCount', period: hour })),
    below: 1,
    periods: [silenceHours, silenceHours],
    noData: 'bad',
  }))
}
