import type { Cloud } from './cloud.ts'

export interface Schedule {
  readonly functionArn: string
  readonly everyMs: number
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

const rateMs = (expression: string) => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  if (!count || !unit) throw new Error(`${expression}: the local run knows only schedules such as rate(1 day)`)
  return Number(count) * unitMs[unit as keyof typeof unitMs]
}

/** ARNs of the functions that a deployment invokes, in the order of the template. */
export const declaredTriggers = (cloud: Cloud): string[] =>
  cloud.all('Custom::Trigger').map((trigger) => String(trigger.get('HandlerArn')))

/** The functions that the template's rules invoke, and their intervals. */
export const declaredSchedules = (cloud: Cloud): Schedule[] =>
  cloud
    .all('AWS::Events::Rule')
    .filter((rule) => rule.get('ScheduleExpression') !== undefined)
    .flatMap((rule) => {
      const everyMs = rateMs(String(rule.get('ScheduleExpression')))
      const targets = (rule.get('Targets') ?? []) as readonly { readonly Arn: string }[]
      return targets.map(({ Arn }) => ({ functionArn: Arn, everyMs }))
    })
