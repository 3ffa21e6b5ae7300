import { prod } from '../../../bin/stages.ts'
import { checkStage } from '../../../lib/stage/check-stage.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { type Bill, billOf } from '../model/bill.ts'
import { overloads } from '../model/capacity.ts'
import { approximate, decimal, roundUp } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import { CostFault } from '../model/fault.ts'
import { flowOf } from '../model/flow.ts'
import type { Demands, Question } from '../model/question.ts'
import { filledGiB } from '../model/storage.ts'
import { withStage } from '../stage/literal.ts'
import { storedWithin } from './latency.ts'

/** The values to try. Batches above ten need a window. Below 256 MiB the largest event leaves Node too little memory. */
const windowsSeconds = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300]
const batchSizes = [1_000, 10]
const lingersMilliseconds = [20, 100, 1_000, 2_000, 5_000, 10_000]
const memoriesMiB = [256, 512, 1_024, 1_769]
const taskCounts = [1, 2, 3, 4, 6, 8, 12, 16]
const taskSizes = [
  { cpuUnits: 256, memoryMiB: 512 },
  { cpuUnits: 512, memoryMiB: 1_024 },
  { cpuUnits: 1_024, memoryMiB: 2_048 },
]
const classes = ['t4g.micro', 't4g.small', 't4g.medium', 'm7g.large', 'r7g.large'] as const

export interface Found {
  readonly stage: Stage
  readonly bill: Bill
}

/** For each size, the fewest tasks that carry the datagrams and cover the zones. */
const gateways = (
  base: Deployment,
  { traffic, demands }: Question,
): Pick<Stage['gateway'], 'minTasks' | 'maxTasks' | 'cpuUnits' | 'memoryMiB'>[] =>
  taskSizes.flatMap((size) => {
    const tasks = taskCounts.find(
      (count) =>
        count >= demands.zones &&
        !overloads({ ...base, gateway: { ...base.gateway, ...size, tasks: count } }, traffic).some((each) =>
          each.startsWith('gateway'),
        ),
    )
    return tasks === undefined ? [] : [{ ...size, minTasks: tasks, maxTasks: tasks }]
  })

/** The database's bill depends on nothing else, so its cheapest class is found separately. */
const databases = (base: Deployment, stage: Stage, { traffic }: Question): Stage['database'][] => {
  const flow = flowOf(base, traffic)
  const { raw, readings } = filledGiB({ ...base, rawRetentionDays: stage.rawRetentionDays }, traffic, flow)
  const storageGiB = Math.max(20, approximate(roundUp(raw + readings)))
  return classes.map((instanceClass) => ({
    ...stage.database,
    instanceClass,
    storageGiB,
    maxStorageGiB: 2 * storageGiB,
  }))
}

const combinations = function* (base: Deployment, start: Stage, question: Question): Generator<Stage> {
  const gatewaySizes = gateways(base, question)
  for (const windowSeconds of windowsSeconds.filter((each) => decimal(each) <= question.demands.latencySeconds))
    for (const lingerMilliseconds of lingersMilliseconds)
      for (const size of gatewaySizes)
        for (const batchSize of batchSizes.filter((each) => each <= 10 || windowSeconds > 0))
          for (const rawMemory of memoriesMiB)
            for (const pulseMemory of memoriesMiB)
              yield {
                ...start,
                raw: { ...start.raw, windowSeconds, batchSize, memoryMiB: rawMemory },
                pulse: { ...start.pulse, windowSeconds, batchSize, memoryMiB: pulseMemory },
                gateway: { ...start.gateway, ...size, lingerMilliseconds },
              }
}

const startOf = (bus: Stage['bus'], demands: Demands): Stage => ({
  ...prod,
  name: 'optimised',
  bus,
  database: { ...prod.database, multiAz: demands.multiAz },
  rawRetentionDays: demands.rawDays,
})

const cheaper = (best: Found | null, stage: Stage, base: Deployment, question: Question): Found | null => {
  const { traffic, catalogue, operations, demands } = question
  const deployment = withStage(base, stage)
  if (storedWithin(deployment, traffic) > demands.latencySeconds) return best
  const bill = billOf(deployment, traffic, catalogue, operations)
  if (best && best.bill.everything <= bill.everything) return best
  return overloads(deployment, traffic).length === 0 && checkStage(stage).length === 0 ? { stage, bill } : best
}

/** The cheapest stage on one bus. Null if none fits. */
const searchBus = (read: Deployment, bus: Stage['bus'], question: Question): Found | null => {
  const start = startOf(bus, question.demands)
  const base = withStage(read, start)
  const patient = { ...question, demands: { ...question.demands, latencySeconds: decimal(3_600) } }
  let best: Found | null = null
  for (const database of databases(base, start, question)) best = cheaper(best, { ...start, database }, base, patient)
  const database = best?.stage.database
  if (!database) return null
  best = null
  for (const stage of combinations(base, { ...start, database }, question)) best = cheaper(best, stage, base, question)
  return best
}

/** The cheapest stage that carries the traffic and meets the demands. @throws CostFault if there is none */
export const search = (read: Deployment, question: Question): Found => {
  const found = (['sqs', 'kinesis'] as const)
    .map((bus) => searchBus(read, bus, question))
    .filter((each) => each !== null)
    .sort((a, b) => (a.bill.everything < b.bill.everything ? -1 : 1))
  const [best] = found
  if (best) return best
  const largest = withStage(read, {
    ...startOf('sqs', question.demands),
    database: { ...prod.database, instanceClass: classes.at(-1) ?? 't4g.medium' },
  })
  const [reason = 'the latency'] = overloads(largest, question.traffic)
  throw new CostFault(`No stage that was tried carries this fleet within the demands (${reason}).`)
}
