import { expect, test } from 'vitest'
import { readDatagram } from '../../../core/devices/datagram.ts'
import { profileOfDatagram, profiles } from '../../../core/devices/index.ts'
import type { DecodedFrame } from '../../../core/devices/profile.ts'
import { createDevices } from '../../load/plan/devices.ts'
import { createLoadFleet, datagramBytes } from '../../load/plan/fleet.ts'
import { nbiotProfiles } from '../../load/plan/plan.ts'
import { turnsOf } from '../../load/plan/turns.ts'
import { planOf } from './plans.ts'

const fleet = createLoadFleet(planOf({ loudDevice: true }))
const numbers = Array.from({ length: fleet.count }, (_, number) => number)

const decode = (number: number): DecodedFrame | string => {
  const bytes = Buffer.from(fleet.payloadHex(number), 'hex')
  if (fleet.isSigfox(number))
    return profiles.get('adeunis-pulse@3')?.decode(bytes, { samplePeriodSeconds: null }) ?? 'no profile'
  const uplink = readDatagram(bytes, fleet.timeOf(number) * 1000)
  const isElko = uplink.kind === 'elko-nb'
  const timeSeconds = isElko ? null : fleet.timeOf(number)
  expect(uplink).toMatchObject({ deviceId: fleet.deviceIdOf(number), timeSeconds })
  expect(isElko).toBe(!fleet.tellsItsTime(number))
  if (uplink.kind === 'reject') return uplink.reason
  const name = profileOfDatagram(uplink.kind, bytes) ?? ''
  return profiles.get(name)?.decode(bytes, { samplePeriodSeconds: null }) ?? `no profile ${name}`
}

test('the same seed makes the same fleet, another seed another fleet', () => {
  const again = createLoadFleet(planOf({ loudDevice: true }))
  const other = createLoadFleet(planOf({ loudDevice: true, seed: 8 }))
  const some = numbers.filter((number) => number % 97 === 0)
  expect(some.map(again.payloadHex)).toEqual(some.map(fleet.payloadHex))
  expect(some.filter((number) => other.payloadHex(number) === fleet.payloadHex(number))).toEqual([])
  expect(some.filter((number) => fleet.isOurs(other.deviceIdOf(number)))).toEqual([])
})

test('a message is found by its device and its instant, and at no other instant', () => {
  for (const number of numbers) {
    const [deviceId, at] = [fleet.deviceIdOf(number), fleet.timeOf(number)]
    const isClocked = fleet.isSigfox(number) || fleet.tellsItsTime(number)
    expect(fleet.find(deviceId, at)).toBe(isClocked ? number : null)
    expect(fleet.find(deviceId, at + 1)).toBeNull()
    expect(fleet.findUnclocked(deviceId, fleet.payloadHex(number))).toBe(isClocked ? null : number)
  }
  for (const stranger of ['C0FFEE', '868411050000001', '8600007000099999', ''])
    expect(fleet.find(stranger, fleet.timeOf(0))).toBeNull()
})

test('the real profiles read in each frame exactly what the ledger expects', () => {
  const kinds = new Set<string>()
  for (const number of numbers) {
    const decoded = decode(number)
    if (typeof decoded === 'string') {
      kinds.add(decoded)
      expect(fleet.told(number)).toEqual([])
      continue
    }
    const read = new Map<number, number>()
    for (const { channel, index, timeSeconds } of decoded.indexes) {
      const at = timeSeconds ?? fleet.timeOf(number)
      const place = fleet.placeOf(fleet.deviceIdOf(number), channel, at, index)
      if (!place) throw new Error(`message ${fleet.nameOf(number)}: no message holds ${channel} ${index} at ${at}`)
      expect(fleet.placeOf(fleet.deviceIdOf(number), channel, at, index + 1)?.number).not.toBe(number)
      read.set(place.number, (read.get(place.number) ?? 0) | place.bit)
    }
    expect(read).toEqual(new Map(fleet.told(number).filter(([, bits]) => bits > 0)))
    const told = decoded.indexes.map(({ channel }) => channel).join('')
    kinds.add(`${fleet.isSigfox(number) ? 'sigfox' : 'nbiot'} ${told}`)
  }
  // Dragino with and without the previous sample; the loud device and ELKO, one sample; Adeunis with two, one or no channel
  expect([...kinds].sort()).toEqual([
    'nbiot A',
    'nbiot AAAA',
    'nbiot AAAAA',
    'nbiot AB',
    'sigfox ',
    'sigfox A',
    'sigfox AB',
    'sigfox B',
    'unknown_frame',
  ])
})

test('each device sends once in a period, and ids of messages close in time are far apart', () => {
  for (const devices of [1, 2, 7, 1_000, 36_000]) {
    const { deviceAt, turnOf } = turnsOf(devices)
    const seen = Array.from({ length: devices }, (_, turn) => deviceAt(turn))
    expect(new Set(seen).size).toBe(devices)
    expect(seen.map(turnOf)).toEqual(seen.map((_, turn) => turn))
  }
  const { deviceAt, turnOf } = turnsOf(36_000_000)
  expect(Math.abs(deviceAt(1) - deviceAt(0))).toBeGreaterThan(1_000_000)
  for (const turn of [1, 12_345_678, 35_999_999]) expect(turnOf(deviceAt(turn))).toBe(turn)
})

test('the doors get the shares of the plan, and every datagram fits into its buffer', () => {
  for (const sigfoxShare of [0, 20, 50, 100]) {
    const one = createLoadFleet(planOf({ sigfoxShare }))
    const all = Array.from({ length: one.count }, (_, number) => number)
    expect(Math.abs(all.filter(one.isSigfox).length / all.length - sigfoxShare / 100)).toBeLessThan(0.03)
    const target = Buffer.alloc(datagramBytes)
    for (const number of all.filter((n) => !one.isSigfox(n)).slice(0, 500))
      expect(one.datagram(number, target)).toBeLessThanOrEqual(datagramBytes)
  }
})

test('every profile that a simulated device may have is in the fleet, and all its datagrams are read by that profile', () => {
  for (const name of nbiotProfiles) {
    const one = createLoadFleet(planOf({ sigfoxShare: 0, profiles: [name], devices: 300 }))
    for (let number = 0; number < one.count; number++) {
      const bytes = Buffer.from(one.payloadHex(number), 'hex')
      const { kind } = readDatagram(bytes, 0)
      expect(kind === 'reject' ? kind : profileOfDatagram(kind, bytes)).toBe(name)
    }
  }
})

test('all messages of a device without a clock differ, even if its meter stands still', () => {
  const elko = createLoadFleet(planOf({ sigfoxShare: 0, profiles: ['elko-airtm-nb'], seconds: 3_600, devices: 500 }))
  const payloads = new Set(Array.from({ length: elko.count }, (_, number) => elko.payloadHex(number)))
  expect(elko.count).toBeGreaterThan(70_000)
  expect(payloads.size).toBe(elko.count)
})

test('the differences in a periodic frame are what the meter counted in each earlier quarter of an hour', () => {
  const roster = createDevices(fleet.plan)
  const periodic = numbers.filter((number) => /^5[ab]/.test(fleet.payloadHex(number)))
  expect(periodic.length).toBeGreaterThan(100)
  for (const number of periodic) {
    const bytes = Buffer.from(fleet.payloadHex(number), 'hex')
    const device = roster.find(fleet.deviceIdOf(number)) ?? -1
    const shown = (back: number) => roster.index(device, bytes[0] === 0x5a ? 0 : 1, fleet.timeOf(number) - 900 * back)
    // modulo 2^16: the frame cannot express more for a meter that was replaced in between
    const counted = [0, 1, 2].map((back) => (shown(back) - shown(back + 1)) & 0xffff)
    expect([6, 8, 10].map((at) => bytes.readUInt16BE(at))).toEqual(counted)
    expect(bytes.length).toBe(12)
  }
})
