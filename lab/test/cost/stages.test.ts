import { beforeAll, expect, test } from 'vitest'
import { stages } from '../../../bin/stages.ts'
import { variantOf } from '../../../bin/variants.ts'
import { checkStage } from '../../../lib/stage/check-stage.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { readQuestion } from '../../cost/commands/question.ts'
import { aims, targetsCommand } from '../../cost/commands/targets.ts'
import { billOf } from '../../cost/model/bill.ts'
import { overloads } from '../../cost/model/capacity.ts'
import { decimal } from '../../cost/model/decimal.ts'
import type { Deployment } from '../../cost/model/deployment.ts'
import { CostFault } from '../../cost/model/fault.ts'
import { hourly } from '../../cost/model/traffic.ts'
import { storedWithin } from '../../cost/optimise/latency.ts'
import { search } from '../../cost/optimise/search.ts'
import { stageText } from '../../cost/optimise/stage-text.ts'
import { page } from '../../cost/page/page.ts'
import { lean } from '../../cost/stage/lean.ts'
import { withStage } from '../../cost/stage/literal.ts'
import { synthesise } from '../../cost/stage/synthesise.ts'
import { readTemplates } from '../../cost/stage/template.ts'
import { variants } from '../../cost/stage/variants.ts'

const question = readQuestion({})
let prod: Deployment
beforeAll(async () => {
  prod = await synthesise('prod')
})

for (const [name, stage] of Object.entries(stages))
  test(`what the template of ${name} deploys is what its literal says`, async () => {
    expect(withStage(prod, stage)).toEqual(await synthesise(name))
  })

test('on Kinesis the template is the variant that the comparison prices, except for the number of shards', async () => {
  const { shards } = stages.prod ?? {}
  expect(await synthesise('prod', { bus: 'kinesis' })).toEqual({ ...variants.kinesis(prod), name: 'prod', shards })
})

test('with a container door the template is the variant that the comparison prices, except for the function and its limit', async () => {
  const { callbacks } = variantOf(stages.prod as Stage, 'sqs', 'container').domains
  const named = { domain: callbacks?.name, certificate: callbacks?.certificateArn }
  const container = await synthesise('prod', { door: 'container', ...named })
  const { alarms, ...expected } = variants.container(prod)
  expect(container).toEqual({
    ...expected,
    name: 'prod',
    callbackMemoryMiB: 0,
    requestsPerSecond: 0,
    // two functions have alarms that one service lacks
    alarms: expect.any(Number),
  })
  expect(Math.abs(container.alarms - alarms)).toBeLessThan(15)
})

test('everything in the templates is priced or named', () => {
  expect(prod.unpriced).toEqual([])
})

test('an incomplete template or an unknown stage gives an error, not a bill', async () => {
  expect(() => readTemplates('empty', [{ Resources: {} }])).toThrow(CostFault)
  await expect(synthesise('nope')).rejects.toThrow(CostFault)
})

test('at 3.6 million hourly devices lean stays below 38 as the source design counts, and below 190 with everything', () => {
  const bill = billOf(withStage(prod, lean), hourly(3_600_000, 'batched'), question.catalogue)
  expect(bill.counted <= aims.counted).toBe(true)
  expect(bill.everything <= aims.everything).toBe(true)
  expect(checkStage(lean)).toEqual([])
  expect(overloads(withStage(prod, lean), bill.traffic)).toEqual([])
})

test('the targets are printed with the figures of prod beside them', async () => {
  const [section] = await targetsCommand(question)
  expect(section?.rows.map(([name]) => name)).toEqual(['source design, table 4.5', 'lean', 'lean', 'prod', 'prod'])
})

test('the cheapest stage can be deployed, is quick enough, carries the fleet, and costs no more than prod', () => {
  const asked = { ...question, traffic: hourly(3_600_000, 'batched') }
  const { stage, bill } = search(prod, asked)
  expect(checkStage(stage)).toEqual([])
  expect(storedWithin(bill.deployment, asked.traffic) <= asked.demands.latencySeconds).toBe(true)
  expect(overloads(bill.deployment, asked.traffic)).toEqual([])
  expect(stage.gateway.minTasks >= asked.demands.zones && stage.database.multiAz).toBe(true)
  expect(bill.everything <= billOf(prod, asked.traffic, question.catalogue).everything).toBe(true)
  expect(stageText(stage)).toContain('export const optimised: Stage = {')
})

test('a shorter time to store never makes the cheapest stage cheaper', () => {
  const within = (seconds: number) =>
    search(prod, { ...question, demands: { ...question.demands, latencySeconds: decimal(seconds) } }).bill.everything
  expect(within(5) >= within(30)).toBe(true)
  expect(() => within(0)).toThrow(CostFault)
})

test('the page is self-contained: it holds its pictures and loads nothing', async () => {
  const html = await page('prod', question)
  expect(html.match(/<svg /g)).toHaveLength(9)
  expect(html).not.toMatch(/https?:|<script|<link|<img|url\(/)
})
