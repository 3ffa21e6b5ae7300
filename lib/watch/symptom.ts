import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Stage } from '../stage/stage.ts'
import { anchor, runbook } from './runbook.ts'

/** Something that a person must hear of: `page` now, `warn` on the next working day. */
export interface Symptom {
  /** Of what and which: unique in the stage. */
  readonly name: string
  readonly severity: 'page' | 'warn'
  readonly runbook: keyof typeof runbook
  /** What it means, for who is woken by it. */
  readonly sentence: string
  readonly metric: IMetric
  readonly above?: number
  readonly below?: number
  /** It is one when so many of so many periods are beyond the threshold: never one of one. */
  readonly periods: readonly [beyond: number, of: number]
  /** What no data means: for errors that there are none, for a heartbeat that it stopped. */
  readonly noData: 'fine' | 'bad'
}

const logicalId = (name: string) =>
  name.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, __, first) => first.toUpperCase())

/** The alarm of a symptom; its name says where to look and how soon. */
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
