import { expect, test } from 'vitest'
import { readDatagram } from '../../../core/devices/datagram.ts'
import { profileOfDatagram, profiles } from '../../../core/devices/index.ts'
import { channelsOf, createFleet } from '../../ledger/fleet.ts'

const fleet = createFleet({
  sigfoxDevices: 4,
  nbiotDevices: 4,
  messagesPerDevice: 6,
  startSeconds: 1_790_000_000,
  periodSeconds: 600,
})
const numbers = Array.from({ length: fleet.count }, (_, number) => number)

test('a message is found by its device and its instant, and at no other instant', () => {
  for (const number of numbers) {
    const { deviceId, timeSeconds } = fleet.message(number)
    expect(fleet.find(deviceId, timeSeconds)).toBe(number)
    expect(fleet.find(deviceId, timeSeconds + 1)).toBeNull()
  }
  expect(fleet.find('C00004', 1_790_000_004)).toBeNull()
  expect(fleet.find('868411059999999', 1_790_000_000)).toBeNull()
})

test('the real profiles read in each frame what the fleet expects', () => {
  for (const number of numbers) {
    const { door, payload, timeSeconds, deviceId } = fleet.message(number)
    const uplink = door === 'nbiot' ? readDatagram(payload, timeSeconds * 1000) : null
    if (uplink) expect(uplink).toMatchObject({ kind: 'dragino-nb', deviceId, timeSeconds })
    const ofDatagram = profileOfDatagram('dragino-nb', payload) ?? ''
    const profile = profiles.get(door === 'nbiot' ? ofDatagram : 'adeunis-pulse@3')
    const decoded = profile?.decode(payload, { samplePeriodSeconds: null })
    if (typeof decoded !== 'object') throw new Error(`message ${number}: ${decoded}`)
    const expected = fleet.samples(number).flatMap((sample) =>
      channelsOf[door].map((channel, place) => ({
        channel,
        index: fleet.index(sample, place),
        timeSeconds: door === 'nbiot' ? fleet.message(sample).timeSeconds : null,
      })),
    )
    expect(decoded.indexes.map(({ channel, index, timeSeconds }) => ({ channel, index, timeSeconds }))).toEqual(
      expected,
    )
  }
})
