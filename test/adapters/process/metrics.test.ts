import { expect, test } from 'vitest'
import { openMetrics } from '../../../adapters/process/metrics.ts'
import { vital } from '../../../contract/vitals.ts'
import { since } from '../../../door/report.ts'

const opened = (namespace: string | null) => {
  const lines: string[] = []
  const metrics = openMetrics(namespace, { lane: 'nbiot', step: 'raw' }, (line) => lines.push(line))
  return { metrics, lines }
}

test('metrics are one log line that names its metrics, their units and the place', () => {
  const { metrics, lines } = opened('Sluice/test')
  metrics.write({ [vital.received]: 12, [vital.eventLoopDelaySeconds]: 0.5 })
  expect(lines).toHaveLength(1)
  expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1)
  const { _aws, ...fields } = JSON.parse(lines[0] ?? '')
  expect(fields).toEqual({ lane: 'nbiot', step: 'raw', [vital.received]: 12, [vital.eventLoopDelaySeconds]: 0.5 })
  expect(Math.abs(_aws.Timestamp - Date.now())).toBeLessThan(10_000)
  expect(_aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'Sluice/test',
      Dimensions: [['lane', 'step']],
      Metrics: [
        { Name: vital.received, Unit: 'Count' },
        { Name: vital.eventLoopDelaySeconds, Unit: 'Seconds' },
      ],
    },
  ])
})

test('rejects are counted by reason, each reason a series of its own', () => {
  const { metrics, lines } = opened('Sluice/test')
  metrics.writeReasons(['short_frame', 'unknown_device', 'short_frame'])
  const counted = lines.map((line) => JSON.parse(line)).map((fields) => [fields.reason, fields[vital.rejected]])
  expect(counted).toEqual([
    ['short_frame', 2],
    ['unknown_device', 1],
  ])
  expect(JSON.parse(lines[0] ?? '')._aws.CloudWatchMetrics[0].Dimensions).toEqual([['lane', 'step', 'reason']])
})

test('without a namespace nothing is written', () => {
  const { metrics, lines } = opened(null)
  metrics.write({ [vital.received]: 1 })
  metrics.writeReasons(['short_frame'])
  expect(lines).toEqual([])
})

test('the gateway reports the counts since the last minute, even if the kernel has forgotten its socket', () => {
  const before = { [vital.received]: 10, [vital.accepted]: 8, [vital.kernelDrops]: 5 }
  const now = { [vital.received]: 25, [vital.accepted]: 20, [vital.rejected]: 3, [vital.kernelDrops]: 0 }
  expect(since(before, now)).toEqual({
    [vital.received]: 15,
    [vital.accepted]: 12,
    [vital.rejected]: 3,
    [vital.kernelDrops]: 0,
  })
})
