import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bill, billOf } from '../../cost/model/bill.ts'
import { openCatalogue, priceFile } from '../../cost/model/catalogue.ts'
import { decimal, fixed, sum } from '../../cost/model/decimal.ts'
import type { Deployment } from '../../cost/model/deployment.ts'
import { hourly, type Traffic } from '../../cost/model/traffic.ts'
import { variants } from '../../cost/stage/variants.ts'
import { deployment } from './deployment.ts'

const prices = openCatalogue(priceFile, 'us-east-1')
const bill = (of: Deployment, traffic: Traffic): Bill => billOf(of, traffic, prices)
const amountOf = (of: Bill, key: string) => fixed(of.lines.find((line) => line.key === key)?.amount ?? 0n, 2)
const quantityOf = (of: Bill, key: string) => fixed(of.lines.find((line) => line.key === key)?.quantity ?? 0n, 0)

const anyFleet = fc.integer({ min: 1, max: 50_000_000 })
const anyCallbacks = fc.constantFrom('one-by-one' as const, 'batched' as const)
const anyWorker = fc.record({
  batchSize: fc.constantFrom(10, 1_000, 10_000),
  windowSeconds: fc.constantFrom(1, 5, 60, 300),
  maxConcurrency: fc.constantFrom(2, 10, 16),
  memoryMiB: fc.constantFrom(256, 512, 1_769),
})
const anyDeployment = fc
  .record({
    raw: anyWorker,
    pulse: anyWorker,
    tasks: fc.integer({ min: 1, max: 8 }),
    lingerMilliseconds: fc.integer({ min: 1, max: 10_000 }),
    variant: fc.constantFrom('kinesis', 'container', 'unpacked', null),
  })
  .map(({ raw, pulse, tasks, lingerMilliseconds, variant }): Deployment => {
    const made = { ...deployment, raw, pulse, gateway: { ...deployment.gateway, tasks, lingerMilliseconds } }
    return variant === null ? made : variants[variant](made)
  })

describe('for any deployment and fleet', () => {
  test('the bill never falls when the fleet grows', () => {
    fc.assert(
      fc.property(anyDeployment, anyCallbacks, anyFleet, anyFleet, (of, callbacks, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map((n) => bill(of, hourly(n, callbacks)))
        expect(small && large && small.everything <= large.everything).toBe(true)
        expect(small && large && small.counted <= large.counted).toBe(true)
      }),
    )
  })

  test('many messages a record never cost more than one', () => {
    fc.assert(
      fc.property(anyDeployment, anyCallbacks, anyFleet, (of, callbacks, fleet) => {
        const traffic = hourly(fleet, callbacks)
        expect(bill(of, traffic).everything <= bill(variants.unpacked(of), traffic).everything).toBe(true)
      }),
    )
  })

  test('a longer linger and a longer window never cost more', () => {
    fc.assert(
      fc.property(anyDeployment, anyCallbacks, anyFleet, (of, callbacks, fleet) => {
        const slow = {
          ...of,
          gateway: { ...of.gateway, lingerMilliseconds: 2 * of.gateway.lingerMilliseconds },
          raw: { ...of.raw, windowSeconds: 2 * of.raw.windowSeconds },
        }
        const traffic = hourly(fleet, callbacks)
        expect(bill(slow, traffic).everything <= bill(of, traffic).everything).toBe(true)
      }),
    )
  })

  test('parts add up to lines, and lines to the total, without a remainder', () => {
    fc.assert(
      fc.property(anyDeployment, anyCallbacks, anyFleet, (of, callbacks, fleet) => {
        const { lines, everything, counted } = bill(of, hourly(fleet, callbacks))
        for (const line of lines) {
          expect(sum(line.parts.map(({ quantity }) => quantity))).toBe(line.quantity)
          expect(sum(line.charges.map(({ amount }) => amount))).toBe(line.amount)
        }
        expect(sum(lines.map(({ amount }) => amount))).toBe(everything)
        expect(sum(lines.filter(({ inSource }) => inSource).map(({ amount }) => amount))).toBe(counted)
      }),
    )
  })
})

test('3.6 million hourly devices with batched callbacks: one request a second at the door', () => {
  const at = bill(deployment, hourly(3_600_000, 'batched'))
  expect(quantityOf(at, 'apigateway.request')).toBe('2,628,000')
  expect(amountOf(at, 'apigateway.request')).toBe('2.63')
  expect(amountOf(bill(deployment, hourly(3_600_000, 'one-by-one')), 'apigateway.request')).toBe('1,212.60')
})

test('each flush is a billed request: a linger ten times shorter sends ten times as often', () => {
  const quick = { ...deployment, gateway: { ...deployment.gateway, lingerMilliseconds: 100 } }
  const sends = (of: Deployment) =>
    bill(of, hourly(3_600_000, 'batched'))
      .lines.find(({ key }) => key === 'sqs.request')
      ?.parts.find(({ what }) => what === 'ProcessRawDataNBIoT: sends')?.quantity
  expect(sends(deployment)).toBe(decimal(2 * 2_628_000))
  expect(sends(quick)).toBe(decimal(20 * 2_628_000))
})

test('a queue bills sends, receives, and deletes by ten', () => {
  const requests = (fleet: number, what: string) =>
    bill(deployment, hourly(fleet, 'one-by-one'))
      .lines.find(({ key }) => key === 'sqs.request')
      ?.parts.find((part) => part.what === `ProcessRawDataSigfox: ${what}`)?.quantity
  expect(requests(3_600, 'receives')).toBe(requests(3_600, 'sends'))
  expect(requests(3_600_000, 'sends')).toBe(decimal(1_314_000_000))
  // five pollers, each of which asks again after 20 ms
  expect(requests(3_600_000, 'receives')).toBe(decimal(657_000_000))
  expect(requests(3_600_000, 'deletes')).toBe(decimal(131_400_000))
  expect(requests(36_000_000, 'receives')).toBe(decimal(1_314_000_000))
})

test('two tasks of a quarter vCPU and half a GB are 14.42 a month', () => {
  const at = bill(deployment, hourly(1_000))
  expect(amountOf(at, 'fargate.arm-vcpu-hour')).toBe('11.82')
  expect(amountOf(at, 'fargate.arm-gb-hour')).toBe('2.60')
})

test('rows beyond the disk of the template are billed, twice with a standby', () => {
  const gigabytes = (multiAz: boolean) =>
    bill({ ...deployment, database: { ...deployment.database, multiAz } }, hourly(3_600_000)).lines.find(
      ({ key }) => key === 'rds.gp3-gb',
    )?.quantity ?? 0n
  expect(gigabytes(false) > decimal(100)).toBe(true)
  expect(gigabytes(true)).toBe(2n * gigabytes(false))
})

test('readings are kept for as long as the system has run, raw messages only for their retention', () => {
  const gigabytes = (daysKept: number) =>
    bill(deployment, { ...hourly(3_600_000), daysKept: decimal(daysKept) }).lines.find(
      ({ key }) => key === 'rds.gp3-gb',
    )?.quantity ?? 0n
  const [a, b, c] = [30, 60, 90].map(gigabytes)
  expect(a !== undefined && b !== undefined && a < b).toBe(true)
  expect(Number((c ?? 0n) - (b ?? 0n))).toBeCloseTo(Number((b ?? 0n) - (a ?? 0n)), -6)
})

test('operations are a line of their own, nothing by default', () => {
  expect(amountOf(bill(deployment, hourly(1_000)), 'operations')).toBe('0.00')
  const operated = billOf(deployment, hourly(1_000), prices, { hours: decimal('2.5'), rate: decimal(80) })
  expect(amountOf(operated, 'operations')).toBe('200.00')
})
