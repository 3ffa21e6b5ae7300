import { label, type Vital, vital } from '../../contract/vitals.ts'
import type { Lane, Step } from '../../core/message/lane.ts'

/** Counts since the last writing, or measured values. */
export type Measurements = Partial<Record<Vital, number>>

export interface Place {
  readonly lane: Lane
  readonly step: Step
}

export interface Metrics {
  readonly write: (values: Measurements) => void
  /** The same rejects again, by their reasons. A reason costs nothing until it occurs. */
  readonly writeReasons: (reasons: readonly string[]) => void
}

const unitOf = (name: string) => {
  if (name.endsWith('_total')) return 'Count'
  if (name.endsWith('_bytes')) return 'Bytes'
  return name.endsWith('_seconds') ? 'Seconds' : 'None'
}

const line = (namespace: string, labels: Record<string, string>, values: Measurements): string => {
  const metrics = Object.keys(values).map((name) => ({ Name: name, Unit: unitOf(name) }))
  const directive = { Namespace: namespace, Dimensions: [Object.keys(labels)], Metrics: metrics }
  return `${JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] }, ...labels, ...values })}\n`
}

const silent: Metrics = { write: () => {}, writeReasons: () => {} }

/**
 * Metrics as log lines in CloudWatch's embedded metric format: no request, no permission, and nothing to flush when a
 * process is frozen or ends. CloudWatch adds up what the processes of a place write.
 * @param namespace null where no one reads metrics: nothing is written
 */
export const openMetrics = (
  namespace: string | null,
  { lane, step }: Place,
  print: (line: string) => void = (text) => process.stdout.write(text),
): Metrics => {
  if (namespace === null) return silent
  const place = { [label.lane]: lane, [label.step]: step }
  return {
    write: (values) => print(line(namespace, place, values)),
    writeReasons: (reasons) => {
      for (const reason of new Set(reasons)) {
        const rejected = reasons.filter((other) => other === reason).length
        print(line(namespace, { ...place, [label.reason]: reason }, { [vital.rejected]: rejected }))
      }
    },
  }
}
