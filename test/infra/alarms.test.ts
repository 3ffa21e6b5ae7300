import { describe, expect, test } from 'vitest'
import { prod } from '../../bin/stages.ts'
import { variantOf } from '../../bin/variants.ts'
import { resources, synthesiseStages } from '../support/templates.ts'
import { type Rule, raisedAt, type Series } from './alarm-evaluator.ts'
import { expressionOf } from './metric-math.ts'
import { goodDay, type Situation, situations } from './situations.ts'

interface Stat {
  readonly Metric: {
    readonly MetricName: string
    readonly Dimensions?: { readonly Name: string; readonly Value: unknown }[]
  }
  readonly Period: number
  readonly Stat: string
}
interface Query {
  readonly Id: string
  readonly Expression?: string
  readonly MetricStat?: Stat
}
type Alarm = Rule & { readonly AlarmName: string; readonly Metrics: readonly Query[] }

/** Good minutes before a situation: whole hours, or days, and longer than what the alarm looks back. */
const minutesBefore = ({ EvaluationPeriods }: Rule, period: number) => {
  const whole = period > 3_600 ? 1_440 : 60
  return Math.ceil(((EvaluationPeriods + 4) * period) / 60 / whole) * whole
}

const minuteOf = ({ shows }: Situation, key: string, minute: number): number | null => {
  const found = minute < 0 ? undefined : shows.find(([metric]) => metric.test(key))?.[1]
  const good = goodDay[key.split(' ')[0] ?? '']
  if (good === undefined) throw new Error(`A good day has no ${key}`)
  for (const course of [found, good]) {
    const value = typeof course === 'function' ? course(minute) : course
    if (value !== undefined) return value
  }
  return null
}

const statistics: Record<string, (values: readonly number[]) => number> = {
  Sum: (values) => values.reduce((sum, each) => sum + each, 0),
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  SampleCount: (values) => values.length,
  p99: (values) => Math.max(...values),
}

const seriesOf = (situation: Situation, { Metric, Period, Stat }: Stat, before: number): Series => {
  const { MetricName, Dimensions = [] } = Metric
  const key = `${MetricName} ${JSON.stringify(Dimensions.map(({ Value }) => Value))}`
  const minutes = Period / 60
  return Array.from({ length: Math.floor((before + situation.minutes) / minutes) }, (_, i) => {
    const values = Array.from({ length: minutes }, (_, k) => minuteOf(situation, key, i * minutes + k - before))
    const real = values.filter((value) => value !== null)
    const statistic = statistics[Stat]
    if (!statistic) throw new Error(`There is no statistic ${Stat} here`)
    return real.length === 0 ? null : statistic(real)
  })
}

/** The minutes of the situation at whose end the alarm is raised; negative ones are of the good days before. */
const minutesRaised = (alarm: Alarm, situation: Situation): number[] => {
  const stats = alarm.Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [[Id, MetricStat] as const] : []))
  const period = stats[0]?.[1].Period ?? 60
  const before = minutesBefore(alarm, period)
  const series = Object.fromEntries(stats.map(([id, stat]) => [id, seriesOf(situation, stat, before)]))
  const expression = alarm.Metrics.find(({ Expression }) => Expression)?.Expression
  const watched = expression ? expressionOf(expression, series) : (Object.values(series)[0] ?? [])
  return raisedAt(alarm, watched).map((i) => ((i + 1) * period) / 60 - before)
}

describe.each([variantOf(prod, 'sqs', 'lambda'), variantOf(prod, 'kinesis', 'container')])(
  'the alarms of prod on $bus behind $sigfoxDoor',
  (stage) => {
    const [synthesised] = synthesiseStages([stage])
    const alarms = synthesised
      ? resources(synthesised.ingest, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties as Alarm)
      : []
    const everRaised = new Set<string>()

    test.each(situations)('$title', (situation) => {
      const late: string[] = []
      const raised = alarms.filter((alarm) => {
        const [first] = minutesRaised(alarm, situation)
        if (first === undefined) return false
        const within = situation.raises.find(([name]) => name.test(alarm.AlarmName))?.[1]
        if (first < 0 || (within !== undefined && first > within)) late.push(`${alarm.AlarmName} after ${first} min`)
        return true
      })
      const names = raised.map(({ AlarmName }) => AlarmName)
      const expected = alarms.filter(({ AlarmName }) => situation.raises.some(([name]) => name.test(AlarmName)))
      for (const name of names) everRaised.add(name)
      expect(names).toEqual(expected.map(({ AlarmName }) => AlarmName))
      expect(late).toEqual([])
    })

    test('no alarm is without a situation that raises it', () => {
      expect(alarms.length).toBeGreaterThan(50)
      expect(alarms.map(({ AlarmName }) => AlarmName).filter((name) => !everRaised.has(name))).toEqual([])
    })
  },
)
