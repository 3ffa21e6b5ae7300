import { stages } from '../../../bin/stages.ts'
import { type Bill, billOf, perDevice } from '../model/bill.ts'
import { overloads } from '../model/capacity.ts'
import { type Decimal, fixed, over } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Question } from '../model/question.ts'
import type { Traffic } from '../model/traffic.ts'
import { fleets } from '../model/traffic.ts'
import { billSection, explainSection } from '../report/bill.ts'
import { dollars, dollarsADevice } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { deploymentOf } from '../stage/deployment.ts'
import { ladderOf, type Rung } from '../stage/ladder.ts'
import { lean, leanOmissions } from '../stage/lean.ts'
import { withStage } from '../stage/literal.ts'
import { synthesise } from '../stage/synthesise.ts'
import { variants } from '../stage/variants.ts'
import type { Asked } from './question.ts'

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

/** What is compared: every stage, and variants of this one. */
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

const saved = (before: Decimal | undefined, after: Decimal) =>
  before === undefined || before === after ? '' : dollars(before - after)

/** The ladder as a table: what each step saves, in both ways of counting. */
const ladderSection = (rungs: readonly Rung[]): Section => {
  const [first] = rungs
  return {
    title: 'The ladder: what each step saves',
    columns: ['step', 'as the source design counts', 'saves', 'with everything', 'saves', 'of the first'],
    rows: rungs.map(({ step, bill }, i) => {
      const before = rungs[i - 1]?.bill
      return [
        step,
        dollars(bill.counted),
        saved(before?.counted, bill.counted),
        dollars(bill.everything),
        saved(before?.everything, bill.everything),
        first ? `${fixed(over(100n * bill.everything, first.bill.everything), 1)} %` : '',
      ]
    }),
    notes: [],
  }
}

/** `stage NAME`: its bill, the bill by fleet, and comparisons. */
export const stageCommand = async (name: string, question: Asked): Promise<Section[]> => {
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
