import { beforeEach, expect, test } from 'vitest'
import { channelsOf, createFleet, type Fleet } from '../../ledger/fleet.ts'
import { createLedger, faultsOf, type Ledger } from '../../ledger/ledger.ts'

const plan = {
  sigfoxDevices: 3,
  nbiotDevices: 2,
  messagesPerDevice: 5,
  startSeconds: 1_790_000_000,
  periodSeconds: 600,
}
let fleet: Fleet
let ledger: Ledger
beforeEach(() => {
  fleet = createFleet(plan)
  ledger = createLedger(fleet)
})

const numbers = () => Array.from({ length: fleet.count }, (_, number) => number)
const instant = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
const rowOf = (number: number) => {
  const { deviceId, timeSeconds, payload } = fleet.message(number)
  return { deviceId, at: instant(timeSeconds), payloadHex: payload.toString('hex'), state: 'decoded' }
}

/** Shows the ledger the message and the readings that its profile finds in it. */
const store = (number: number) => {
  ledger.messageSeen(rowOf(number))
}
const read = (sample: number) => {
  const { deviceId, timeSeconds } = fleet.message(sample)
  for (const [place, channel] of channelsOf[fleet.doorOf(sample)].entries())
    ledger.readingSeen({ deviceId, channel, readAt: instant(timeSeconds), index: fleet.index(sample, place) })
}
const storeAll = (which: readonly number[]) => {
  for (const number of which) store(number)
  for (const sample of new Set(which.flatMap(fleet.samples))) read(sample)
}

test('the ledger is even if every confirmed message is stored once, with the readings of the fleet', () => {
  for (const number of numbers()) ledger.answered(number, 'ok')
  storeAll(numbers())
  expect(ledger.verdict()).toMatchObject({ sent: 25, ok: 25, stored: 25, lost: 0, misread: 0 })
  expect(faultsOf(ledger.verdict())).toEqual([])
})

test('a reading that two messages tell is read once and counted as told twice', () => {
  const datagrams = numbers().filter((number) => fleet.doorOf(number) === 'nbiot')
  const [first = 0, second = 0] = datagrams
  expect(fleet.samples(second)).toEqual([second, first])
  storeAll([0, first, second])
  const [ofSigfox, ofSample] = [channelsOf.sigfox.length, channelsOf.nbiot.length]
  expect(ledger.verdict()).toMatchObject({
    stored: 3,
    readings: ofSigfox + 2 * ofSample,
    told: ofSigfox + 3 * ofSample,
    misread: 0,
  })
})

test('what was confirmed and is not there is lost, also when a later attempt to send it failed', () => {
  ledger.answered(1, 'ok')
  ledger.answered(1, 'unknown')
  ledger.answered(2, 'unknown')
  expect(ledger.verdict()).toMatchObject({ ok: 1, unknown: 1, lost: 1 })
  expect(faultsOf(ledger.verdict())[0]).toMatch(/^1 lost; message 1 of C00000:/)
})

test('a message without a confirmation may be stored or not', () => {
  ledger.answered(3, 'unknown')
  ledger.answered(4, 'unknown')
  storeAll([3])
  expect(ledger.verdict()).toMatchObject({ unknown: 2, stored: 1, recovered: 1, lost: 0 })
  expect(faultsOf(ledger.verdict())).toEqual([])
})

test('a message that was refused or never sent must not be stored', () => {
  ledger.answered(0, 'refused')
  storeAll([0, 1])
  ledger.messageSeen({ deviceId: 'FEED', at: '2026-11-23T00:00:00Z', payloadHex: '00', state: 'decoded' })
  expect(ledger.verdict()).toMatchObject({ unexpected: 3 })
})

test('a second copy, other bytes, and a wrong, a missing or an additional reading are found', () => {
  for (const number of [0, 1, 2]) ledger.answered(number, 'ok')
  storeAll([0, 1])
  store(1)
  expect(ledger.verdict()).toMatchObject({ duplicated: 1, misread: 0 })
  ledger.messageSeen({ ...rowOf(2), payloadHex: '4600' })
  expect(ledger.verdict().misread, 'other bytes, and its reading is missing').toBe(2)
  const { deviceId, timeSeconds } = fleet.message(2)
  ledger.readingSeen({ deviceId, channel: 'A', readAt: instant(timeSeconds), index: 1 })
  expect(ledger.verdict().misread).toBe(3)
  read(7)
  expect(ledger.verdict().misread, 'no message tells of sample 7').toBe(4)
})

test('a stored message with the wrong state is misread once, with or without its readings', () => {
  for (const number of [0, 1]) {
    ledger.answered(number, 'ok')
    ledger.messageSeen({ ...rowOf(number), state: 'pending' })
  }
  read(0)
  expect(ledger.verdict()).toMatchObject({ misread: 2, lost: 0 })
  expect(faultsOf(ledger.verdict())[0]).toMatch(
    /message 0 of C00000 at .*: pending; message 1 of C00000 at .*: pending$/,
  )
})

test('a datagram repeats earlier samples: their readings must exist even if their own messages are missing', () => {
  const [first] = fleet.range('nbiot')
  ledger.answered(first + 4, 'ok')
  store(first + 4)
  for (const sample of [first + 4, first + 3]) read(sample)
  expect(ledger.verdict().misread).toBe(1)
  read(first + 2)
  expect(ledger.verdict().misread).toBe(0)
})

test('a million messages take less than 20 MB of ledger', () => {
  const large = createFleet({ ...plan, sigfoxDevices: 5_000, nbiotDevices: 5_000, messagesPerDevice: 100 })
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  const { verdict, answered } = createLedger(large)
  for (let number = 0; number < large.count; number++) answered(number, 'unknown')
  expect(large.count).toBe(1_000_000)
  expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(20e6)
  expect(verdict().unknown).toBe(1_000_000)
})
