import { beforeEach, expect, test } from 'vitest'
import { type Account, openAccount } from '../../load/measure/account.ts'
import { createLoadFleet } from '../../load/plan/fleet.ts'
import { planOf } from './plans.ts'

const fleet = createLoadFleet(planOf({ devices: 40, seconds: 30, speed: 360 }))
const all = Array.from({ length: fleet.count }, (_, number) => number)
const callbacks = all.filter((number) => fleet.isSigfox(number) && fleet.frameHex(number).startsWith('46'))
const datagrams = all.filter((number) => !fleet.isSigfox(number))
const none = new Uint32Array()

const instant = (seconds: number) => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z')
const rowOf = (number: number) => ({
  deviceId: fleet.deviceIdOf(number),
  at: instant(fleet.timeOf(number)),
  payloadHex: fleet.payloadHex(number),
  state: fleet.isUnreadable(number) ? 'rejected' : 'decoded',
})

/** The readings that the fleet expects for a Sigfox message, found by trying the indexes around those of its frame. */
const readingsOf = (number: number) =>
  (['A', 'B'] as const).map((channel, place) => ({
    deviceId: fleet.deviceIdOf(number),
    channel,
    readAt: instant(fleet.timeOf(number)),
    index: Number.parseInt(fleet.payloadHex(number).slice(4 + 8 * place, 12 + 8 * place), 16),
  }))

let account: Account
beforeEach(() => {
  account = openAccount(fleet)
  account.take({
    fromMs: 0,
    toMs: 200,
    callbacks: Uint32Array.from(callbacks),
    datagrams: none,
    confirmed: Uint32Array.from(callbacks),
    refused: none,
  })
})
const store = (number: number) => {
  account.ledger.messageSeen(rowOf(number))
  for (const reading of readingsOf(number)) account.ledger.readingSeen(reading)
}
const [first = 0, second = 0, third = 0] = callbacks

test('the ledger is even if every confirmed message is stored once', () => {
  for (const number of callbacks) store(number)
  expect(account.ledger.verdict()).toMatchObject({
    sent: callbacks.length,
    ok: callbacks.length,
    stored: callbacks.length,
    readings: 2 * callbacks.length,
    lost: 0,
    unexpected: 0,
    duplicated: 0,
    misread: 0,
  })
})

test('a lost, a duplicated, a foreign and a misread message are found among many', () => {
  for (const number of callbacks.slice(3)) store(number)
  store(second)
  account.ledger.messageSeen(rowOf(second))
  account.ledger.messageSeen({ deviceId: 'FEED', at: instant(fleet.timeOf(0)), payloadHex: '46', state: 'decoded' })
  account.ledger.messageSeen(rowOf(third))
  const [a, b] = readingsOf(third)
  if (a) account.ledger.readingSeen({ ...a, index: a.index + 1 })
  if (b) account.ledger.readingSeen(b)
  const verdict = account.ledger.verdict()
  // two faults: the wrong reading, and the missing right one
  expect(verdict).toMatchObject({ lost: 1, duplicated: 1, unexpected: 1, misread: 2 })
  expect(verdict.examples.join()).toContain(fleet.nameOf(first))
})

const slice = (fromMs: number, numbers: readonly number[]) => ({
  fromMs,
  toMs: fromMs + 200,
  callbacks: none,
  datagrams: Uint32Array.from(numbers),
  confirmed: none,
  refused: none,
})

test('a datagram must be stored unless it was sent in a time of doubt', () => {
  const [before, inside, after] = [datagrams.slice(0, 5), datagrams.slice(5, 9), datagrams.slice(9, 12)]
  account.take(slice(1_000, before))
  account.take(slice(2_000, inside))
  account.take(slice(3_000, after))
  expect(account.confirmDatagrams([{ fromMs: 1_900, toMs: 2_500 }])).toBe(4)
  expect(account.ledger.verdict()).toMatchObject({ unknown: 4, lost: callbacks.length + 8 })
})

test('a datagram that was also sent outside the doubt must be stored', () => {
  const [one = 0] = datagrams
  account.take(slice(2_000, [one]))
  account.take(slice(9_000, [one]))
  account.confirmDatagrams([{ fromMs: 1_900, toMs: 2_500 }])
  expect(account.ledger.isOk(one)).toBe(true)
  expect(account.sent()).toBe(callbacks.length + 1)
})

test.each([
  ['ten thousand at a time', 10_000, 20],
  ['two at a time', 2, 80],
])('a million messages, told %s, cost a few bytes each', (_pace, perSlice, megabytes) => {
  const large = createLoadFleet(planOf({ devices: 3_600_000, seconds: 1_000, speed: 1, sigfoxShare: 0 }))
  expect(large.count).toBe(1_000_000)
  const used = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  const before = used()
  const account = openAccount(large)
  for (let at = 0; at < large.count; at += perSlice)
    account.take({
      ...slice(at, []),
      datagrams: Uint32Array.from({ length: perSlice }, (_, i) => at + i),
    })
  expect(account.sentDatagrams()).toBe(1_000_000)
  expect(used() - before).toBeLessThan(megabytes * 1e6)
})
