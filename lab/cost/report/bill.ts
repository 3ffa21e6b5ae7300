import { type Bill, type Line, perDevice } from '../model/bill.ts'
import { diskShortage, overloads } from '../model/capacity.ts'
import { fixed, plain } from '../model/decimal.ts'
import { CostFault } from '../model/fault.ts'
import { flowOf } from '../model/flow.ts'
import { givens } from '../model/measured.ts'
import { filledGiB } from '../model/storage.ts'
import { dollars, dollarsADevice, quantity } from './money.ts'
import type { Section } from './section.ts'

const titleOf = ({ deployment, traffic }: Bill) =>
  `${deployment.name}: ${fixed(traffic.devices, 0)} devices, ${plain(traffic.messagesAnHour)} message an hour, ${plain(traffic.sigfoxPercent)} % Sigfox, callbacks ${traffic.callbacks}`

const tierOf = ({ charges, price, quantity: used }: Line) =>
  charges.length > 0
    ? charges.map((each) => plain(each.price)).join(', then ')
    : used > 0n && used <= price.free
      ? 'free'
      : plain(price.tiers[0]?.price ?? 0n)

/** What the bill leaves out, what the deployment cannot carry, and what is not measured. */
const notesOf = (bill: Bill): string[] => {
  const { deployment, traffic, lines } = bill
  const recalled = lines.filter(({ price }) => price.recalled).map(({ key }) => key)
  const shortage = diskShortage(deployment, traffic)
  const { readingsAMonth } = filledGiB(deployment, traffic, flowOf(deployment, traffic))
  const standing = (which: string) => [...givens.values()].filter((each) => each.standing === which).length
  return [
    'c: counted in the tables of the source design. r: price recalled, not found again in a source.',
    ...(deployment.notDeployable ? [`${deployment.name}: ${deployment.notDeployable}.`] : []),
    ...overloads(deployment, traffic).map((each) => `Cannot carry it: ${each}.`),
    ...(shortage ? [`Does not fit: ${shortage}.`] : []),
    `Nothing deletes readings: each further month adds ${quantity(readingsAMonth)} GiB${deployment.database.multiAz ? ' twice' : ''}.`,
    ...(deployment.unpriced.length > 0 ? [`In the template and not priced: ${deployment.unpriced.join(', ')}.`] : []),
    ...(recalled.length > 0 ? [`Recalled prices: ${recalled.join(', ')}.`] : []),
    ...(deployment.alarms === 0 ? ['The template has no alarm yet, so none is billed.'] : []),
    `${standing('assumed')} assumptions and ${standing('provisional')} provisional measurements stand in data/measured.json.`,
  ]
}

/** The lines of a bill, and its totals. */
export const billSection = (bill: Bill): Section => {
  const { lines, traffic } = bill
  const marks = (line: Line) => `${line.inSource ? 'c' : ''}${line.price.recalled ? 'r' : ''}`
  return {
    title: titleOf(bill),
    columns: ['line', 'service', 'quantity', 'unit', 'unit price', '', '$ a month'],
    rows: [
      ...lines.map((line) => [
        line.key,
        line.service,
        quantity(line.quantity),
        line.price.unit,
        tierOf(line),
        marks(line),
        dollars(line.amount),
      ]),
      ['as the source design counts', '', '', '', '', 'c', dollars(bill.counted)],
      ['with everything', '', '', '', '', '', dollars(bill.everything)],
      ['with everything, a device', '', '', '', '', '', dollarsADevice(perDevice(bill.everything, traffic))],
    ],
    notes: notesOf(bill),
  }
}

/** One line of a bill explained: its summands, its tiers, and the source of its price. @throws CostFault if there is no such line */
export const explainSection = (bill: Bill, key: string): Section => {
  const line = bill.lines.find((each) => each.key === key)
  if (!line)
    throw new CostFault(`There is no line "${key}"; choose one of ${bill.lines.map((each) => each.key).join(', ')}.`)
  const { price, parts, charges, amount } = line
  return {
    title: `${key} of ${titleOf(bill)}`,
    columns: ['what', 'quantity', '$ each', '$'],
    rows: [
      ...parts.map((part) => [part.what, quantity(part.quantity), '', '']),
      ...(price.free > 0n ? [['free every month', quantity(price.free), '', '']] : []),
      ...charges.map((each) => ['billed', quantity(each.quantity), plain(each.price), fixed(each.amount, 6)]),
      ['total', quantity(line.quantity), '', fixed(amount, 6)],
    ],
    notes: [
      `Price: ${price.source}, ${price.date ?? 'no date'}${price.recalled ? ' (recalled)' : ''}.`,
      ...(price.meter === null ? [] : [`Usage is metered in steps of ${plain(price.meter)}.`]),
    ],
  }
}
