import { stages } from '../../../bin/stages.ts'
import { type Bill, billOf, perDevice } from '../model/bill.ts'
import { overloads } from '../model/capacity.ts'
import { type Decimal, decimal, fixed } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import { CostFault } from '../model/fault.ts'
import type { Traffic } from '../model/traffic.ts'
import { billSection, explainSection } from '../report/bill.ts'
import { dollars, dollarsADevice } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { lean, leanOmissions } from '../stage/lean.ts'
import { withStage } from '../stage/literal.ts'
import { synthesise } from '../stage/synthesise.ts'
import { variants } from '../stage/variants.ts'
import { ladderOf, ladderSection } from './ladder.ts'
import type { Question } from './question.ts'

/** Fleets of the tables: those of the source design, and ten times its largest. */
export const fleets: readonly Decimal[] = [1_000, 10_000, 180_000, 360_000, 3_600_000, 36_000_000].map(decimal)

/** A stage of `bin/`, or `lean`, which is a literal of this tool over the template of `prod`. */
export const deploymentOf = async (name: string, bus?: Deployment['bus']): Promise<Deployment> => {
  if (name === lean.name) return withStage(await synthesise('prod'), { ...lean, bus: bus ?? lean.bus })
  if (stages[name]) return synthesise(name, { bus })
  throw new CostFault(`There is no stage "${name}"; choose one of ${[...Object.keys(stages), lean.name].join(', ')}.`)
}

const fleetSection = (deployment: Deployment, { traffic, catalogue, operations }: Question): Section => {
  const bill = (devices: Decimal, callbacks: Traffic['callbacks']) =>
    billOf(deployment, { ...traffic, devices, callbacks }, catalogue, operations)
  const figures = (each: Bill) => [
    dollars(each.counted),
    dollars(each.everything),
    dollarsADevice(perDevice(each.everything, each.traffic)),
  ]
  return {
    title: `${deployment.name} by fleet, $ a month; callbacks one by one, then batched`,
    columns: [
      'devices',
      'counted',
      'everything',
      'a device',
      'batched: counted',
      'everything',
      'a device',
      'carries it',
    ],
    rows: fleets.map((devices) => [
      fixed(devices, 0),
      ...figures(bill(devices, 'one-by-one')),
      ...figures(bill(devices, 'batched')),
      overloads(deployment, { ...traffic, devices, callbacks: 'batched' }).length === 0 ? 'yes' : 'no',
    ]),
    notes: [],
  }
}

/** What stands side by side: every stage, and what this one would cost built otherwise. */
const alternatives = async (deployment: Deployment): Promise<Deployment[]> => {
  const others = Object.keys(stages).filter((name) => name !== deployment.name)
  return [
    deployment,
    variants.kinesis(deployment),
    variants.container(deployment),
    variants.unpacked(deployment),
    ...(await Promise.all(others.map((other) => synthesise(other)))),
    withStage(deployment, lean),
  ]
}

const compareSection = async (deployment: Deployment, question: Question): Promise<Section> => {
  const { traffic, catalogue, operations } = question
  const all = await alternatives(deployment)
  return {
    title: `Side by side at ${fixed(traffic.devices, 0)} devices, $ a month`,
    columns: ['', 'callbacks', 'counted', 'everything', 'a device', 'remarks'],
    rows: all.flatMap((each) =>
      (['one-by-one', 'batched'] as const).map((callbacks) => {
        const bill = billOf(each, { ...traffic, callbacks }, catalogue, operations)
        const short = overloads(each, bill.traffic).map((sentence) => sentence.split(':')[0])
        const remarks = [
          ...(each.notDeployable ? [each.notDeployable] : []),
          ...(short.length > 0 ? [`too small: ${short.join(', ')}`] : []),
        ]
        return [
          each.name,
          callbacks,
          dollars(bill.counted),
          dollars(bill.everything),
          dollarsADevice(perDevice(bill.everything, bill.traffic)),
          remarks.join('; '),
        ]
      }),
    ),
    notes: [],
  }
}

/** `stage NAME`: its bill, by fleet, and what else it could be. */
export const stageCommand = async (name: string, question: Question): Promise<Section[]> => {
  const deployment = await deploymentOf(name, question.bus)
  const { traffic, catalogue, operations } = question
  const bill = billOf(deployment, traffic, catalogue, operations)
  if (question.explain) return [explainSection(bill, question.explain)]
  const section = billSection(bill)
  const omissions = name === lean.name ? leanOmissions.map((each) => `lean leaves out: ${each}.`) : []
  return [
    { ...section, notes: [...section.notes, ...omissions] },
    fleetSection(deployment, question),
    ...(question.compare
      ? [await compareSection(deployment, question), ladderSection(ladderOf(deployment, traffic, question))]
      : []),
  ]
}
