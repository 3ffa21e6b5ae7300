import { openCatalogue } from '../model/catalogue.ts'
import { decimal, fixed, over, times } from '../model/decimal.ts'
import type { Question } from '../model/question.ts'
import { dollarsADevice } from '../report/money.ts'
import type { Section } from '../report/section.ts'
import { fleets, sourcePrices } from '../source/published.ts'
import { column, type Sources, type TableName } from '../source/tables.ts'

/** `swarm`: the source design's six machines at its prices and today's, with the cost of operating them. */
export const swarmCommand = ({ file, catalogue, operations }: Question): Section[] => {
  const then = sourcePrices()
  const now: Sources = { aws: catalogue, scaleway: openCatalogue(file, 'scaleway') }
  const hands = times(operations.hours, operations.rate)
  const priced: [string, TableName, Sources][] = [
    ['its prices', '5.2', then],
    ["today's prices", '5.2', now],
    ['its prices, Datadog', '5.3', then],
    ["today's prices, Datadog", '5.3', now],
  ]
  const addresses = over(times(now.scaleway('scaleway.ipv4').tiers[0]?.price ?? 0n, decimal(730 * 6)), decimal(1))
  return [
    {
      title: 'Docker Swarm on Scaleway, EUR a month',
      columns: ['devices', ...priced.map(([name]) => name), "a device at today's"],
      rows: fleets.map((devices) => {
        const totals = priced.map(([, table, prices]) => (column(table, prices, devices).get('total') ?? 0n) + hands)
        return [
          fixed(devices, 0),
          ...totals.map((total) => fixed(total, 2)),
          dollarsADevice(over(totals[1] ?? 0n, devices)),
        ]
      }),
      notes: [
        'Six DEV1-S and a load balancer; at 3.6 million six DEV1-L. The load balancer takes TCP and HTTP, no UDP.',
        `Operations: ${fixed(operations.hours, 1)} hours at ${fixed(operations.rate, 2)} are ${fixed(hands, 2)} in every cell (--operations-hours, --operations-rate).`,
        `An address for each of the six machines is not in it: ${fixed(addresses, 2)} today.`,
        'Its load test ran into 140 % CPU on DEV1-S at 3.6 million. No database, no backups, no logs.',
      ],
    },
  ]
}
