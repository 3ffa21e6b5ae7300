import { beforeEach, expect, test } from 'vitest'
import type { Flow } from '../../../test/support/flow.ts'
import { type Account, openAccount } from '../../load/measure/account.ts'
import { conservationOf } from '../../load/measure/conservation.ts'
import { createLoadFleet } from '../../load/plan/fleet.ts'
import { planOf } from './plans.ts'

const fleet = createLoadFleet(
  planOf({ devices: 100, seconds: 30, speed: 120, sigfoxShare: 0, profiles: ['dragino-sw3l-nb'] }),
)
const datagrams = Uint32Array.from({ length: 100 }, (_, number) => number)
const none = new Uint32Array()
const unwanted = {
  malformedCallbacks: 0,
  malformedAnswered: 0,
  hostileCallbacks: 0,
  hostileRefused: 0,
  intruders: 0,
  junkDatagrams: 2,
}

let account: Account
beforeEach(() => {
  account = openAccount(fleet)
  account.take({ fromMs: 0, toMs: 200, callbacks: none, datagrams, confirmed: none, refused: none })
})
const store = (count: number) => {
  for (const number of datagrams.subarray(0, count))
    account.ledger.messageSeen({
      deviceId: fleet.deviceIdOf(number),
      at: new Date(fleet.timeOf(number) * 1_000).toISOString(),
      payloadHex: fleet.payloadHex(number),
      state: 'decoded',
    })
}

/** The counts of gateway and workers when this many datagrams came, and all but two junk ones were accepted. */
const brokenOf = (received: number, stored: number, doubtful: number, more: { processes?: number } = {}) => {
  const counts = { received, accepted: received - 2, rejected: 2, shed: 0, kernelDrops: 0 }
  const gateway = { processes: 1, ...counts, ...more, confirmedWithin: () => 0, bounds: [] }
  const [raw, pulse] = [
    { received: stored, stored, duplicates: 0, rejected: 0 },
    { stored, decoded: stored, rejected: 0, pending: 0 },
  ]
  const nothing = { raw: { ...raw, received: 0, stored: 0 }, pulse: { ...pulse, stored: 0, decoded: 0 }, readings: 0 }
  const flow: Flow = { nbiot: { raw, pulse, readings: 0 }, sigfox: nothing }
  const checks = conservationOf({ account, flow, gateway, unwanted, stored, doubtful, told: 0 })
  return checks.filter(({ holds }) => !holds).map(({ check, says }) => `${check}: ${says}`)
}

test('everything that was sent arrived and is stored', () => {
  store(100)
  expect(brokenOf(102, 100, 0)).toEqual([])
})

test('a datagram that vanishes on this machine is a fault, while one lost on the way to another machine puts all in doubt', () => {
  store(95)
  expect(brokenOf(97, 95, 0)[0]).toBe('datagrams sent = received + dropped by the kernel: 102 is not 97')
  expect(brokenOf(97, 95, 102)).toEqual([])
})

test('a doubt does not excuse a datagram that a door accepted: it is stored, or it was lost after the door', () => {
  store(90)
  const lost = 'datagrams in doubt that are not there, of those that no door took: 10 of 5'
  expect(brokenOf(97, 90, 102)).toEqual([lost])
  expect(brokenOf(97, 90, 100, { processes: 2 })).toEqual([lost])
})
