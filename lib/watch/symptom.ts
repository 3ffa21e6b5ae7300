import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Stage } from '../stage/stage.ts'
import { anchor, runbook } from './runbook.ts'

/** Something a person must know of: `page` at once, `warn` on the next working day. */
export interface Symptom {
  /** What is wrong and with what: unique in the stage. */
  readonly name: string
  readonly severity: 'page' | 'warn'
  readonly runbook: keyof typeof runbook
  /** What it means, for the person who is woken by it. */
  readonly sentence: string
  readonly metric: IMetric
  readonly above?: number
  readonly below?: number
  /** Raised when this many of these periods are beyond the threshold; never 1 of 1. */
  readonly periods: readonly [beyond: number, of: number]
  /** What missing data means: fine for errors, bad for a heartbeat. */
  readonly noData: 'fine' | 'bad'
}

const logicalId = (name: string) =>
  name.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, __, first) => first.toUpperCase())

/** The alarm of a symptom. Its name says how urgent it is and where the runbook explains it. */
export const alarmOf = (scope: Construct, stage: Stage, symptom: Symptom, listeners: ITopic): Alarm => {
  const { name, severity, sentence, metric, above, below, periods, noData } = symptom
  const heading = runbook[symptom.runbook]
  const alarm = new Alarm(scope, logicalId(name), {
    alarmName: `sluice-${stage.name} ${severity} ${heading.split(' ')[0]} ${name}`,
    alarmDescription: `${severity}: ${sentence} Runbook: ${anchor(heading)}`,
    metric,
    threshold: above ?? below ?? 0,
    comparisonOperator:
      above === undefined ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: periods[0],
    evaluationPeriods: periods[1],
    treatMissingData: noData === 'fine' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
  })
  alarm.addAlarmAction(new SnsAction(listeners))
  alarm.addOkAction(new SnsAction(listeners))
  return alarm
}
