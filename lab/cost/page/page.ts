import { document } from '../../page/document.ts'
import { element } from '../../page/svg.ts'
import { approximate, fixed } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import type { Question } from '../model/question.ts'
import { breakEven, firstFleet } from '../optimise/break-even.ts'
import { deploymentOf } from '../stage/deployment.ts'
import { ladderOf } from '../stage/ladder.ts'
import { lean } from '../stage/lean.ts'
import { withStage } from '../stage/literal.ts'
import { variants } from '../stage/variants.ts'
import { barsOf } from './bars.ts'
import { linesOf, type Mark } from './lines.ts'
import { type Curve, sourceCurve, sourcePanels, stageCurve, stagePanel } from './series.ts'
import { style } from './style.ts'
import { waterfallOf } from './waterfall.ts'

const curvesOf = (deployment: Deployment, leaner: Deployment, question: Question) => {
  const { name } = deployment
  return {
    source: (['4.2', '4.3', '4.4', '4.5', '5.2'] as const).map(sourceCurve),
    single: stageCurve(`${name}, one by one`, deployment, 'one-by-one', 'counted', question),
    batched: stageCurve(`${name}, batched`, deployment, 'batched', 'counted', question),
    lean: stageCurve('lean, batched', leaner, 'batched', 'counted', question),
    whole: stageCurve(`${name}, batched, everything`, deployment, 'batched', 'everything', question),
    leanWhole: stageCurve('lean, batched, everything', leaner, 'batched', 'everything', question),
  }
}

const crossing = (text: string, one: Curve, other: Curve): Mark[] => {
  const devices = firstFleet((fleet) => one.at(approximate(fleet)) < other.at(approximate(fleet)))
  const drawn = devices !== null && devices >= 1_000 && devices <= Math.min(one.largest, other.largest)
  return drawn ? [{ text, devices, cost: one.at(devices) }] : []
}

const changeOver = (text: string, devices: number | null, at: Curve): Mark[] =>
  devices !== null && devices >= 1_000 && devices <= at.largest ? [{ text, devices, cost: at.at(devices) }] : []

const perDevice = (deployment: Deployment, leaner: Deployment, question: Question): string => {
  const curves = curvesOf(deployment, leaner, question)
  const { source, single, batched, whole, leanWhole } = curves
  const oneByOne = { ...question.traffic, callbacks: 'one-by-one' as const }
  const [, , , best, scaleway] = source
  const marks = [
    ...(best ? crossing(`${batched.name} below table 4.5`, batched, best) : []),
    ...(best ? crossing(`${leanWhole.name} below table 4.5`, leanWhole, best) : []),
    ...(best ? crossing(`${whole.name} below table 4.5`, whole, best) : []),
    ...(scaleway ? crossing(`${batched.name} below Scaleway`, batched, scaleway) : []),
    ...changeOver(
      'one by one: a container at the Sigfox door is cheaper',
      breakEven(deployment, variants.container(deployment), oneByOne, question),
      single,
    ),
    ...changeOver(
      'one by one: Kinesis is cheaper than SQS',
      breakEven(deployment, variants.kinesis(deployment), oneByOne, question),
      single,
    ),
  ]
  return linesOf(
    [...source, single, batched, curves.lean, whole, leanWhole],
    marks.sort((a, b) => a.devices - b.devices),
  )
}

const section = (title: string, note: string, ...inside: string[]) =>
  element('section', {}, element('h2', {}, title), element('p', { class: 'note' }, note), ...inside)

/** A self-contained page that compares a stage with the source design. */
export const page = async (name: string, question: Question): Promise<string> => {
  const deployment = await deploymentOf(name, question.bus)
  const leaner = withStage(deployment, lean)
  const { traffic, region } = question
  const body = [
    element('h1', {}, `The bill of ${name}`),
    element(
      'p',
      { class: 'note' },
      `${region}, one message an hour, half on Sigfox unless asked otherwise. Made by npm run cost -- stage ${name} --html.`,
    ),
    section(
      'The source design, as published',
      'Shares of the bill by service; dollars a month above. Its figures 4.5 to 4.8, redrawn from its tables.',
      barsOf(sourcePanels()),
    ),
    section(
      'This system',
      'With everything in it: database, addresses, logs, endpoints. Readings of thirty days are kept. 36 million is more than its database carries.',
      barsOf([
        stagePanel(deployment, 'one-by-one', question),
        stagePanel(deployment, 'batched', question),
        stagePanel(leaner, 'batched', question),
      ]),
    ),
    section(
      'Dollars a device',
      'Solid: as the source design counts. Dotted: with everything. Dashed: the source design, up to its largest fleet.',
      perDevice(deployment, leaner, question),
    ),
    section(
      `The ladder at ${fixed(traffic.devices, 0)} devices`,
      'With everything, in dollars a month. The axis is logarithmic: equal lengths are equal factors.',
      waterfallOf(ladderOf(deployment, traffic, question)),
    ),
  ]
  return document(`The bill of ${name}`, style, body.join('\n'))
}
