import type { RawItem, Uplink } from '../../core/uplink.ts'
import { draginoDatagram, nbiotItem, sigfoxUplink } from '../support/traffic.ts'

/** Devices of one kind that report every hour of yesterday, each at its own second. */
export interface Fleet {
  readonly name: string
  readonly lane: 'sigfox' | 'nbiot'
  readonly devices: number
  readonly deviceId: (device: number) => string
  readonly channels: readonly string[]
  readonly samplePeriodSeconds: number | null
  /** Readings that a message tells, also those that another has told before. */
  readonly readingsAMessage: number
  readonly message: (device: number, timeSeconds: number, hour: number) => RawItem
}

export const firstSecond = Math.floor(Date.now() / 86_400_000) * 86_400 - 86_400

const indexOf = (device: number, hour: number) => (device % 1_000) * 10_000 + hour * 120

/** 0x5A: the index of channel A and what to take off it for each of the three quarters of an hour before. */
const periodicFrame = (index: number): Buffer => {
  const payload = Buffer.alloc(12)
  payload[0] = 0x5a
  payload.writeUInt32BE(index, 2)
  for (const at of [6, 8, 10]) payload.writeUInt16BE(30, at)
  return payload
}

const periodicDevice = (device: number) => 200_000 + device

const sigfoxData: Fleet = {
  name: 'Sigfox 0x46',
  lane: 'sigfox',
  devices: 100_000,
  deviceId: (device) => sigfoxUplink(device, 0, 0).deviceId,
  channels: ['A', 'B'],
  samplePeriodSeconds: null,
  readingsAMessage: 2,
  message: (device, timeSeconds, hour) => sigfoxUplink(device, timeSeconds, indexOf(device, hour)),
}

const sigfoxPeriodic: Fleet = {
  ...sigfoxData,
  name: 'Sigfox 0x5A',
  deviceId: (device) => sigfoxUplink(periodicDevice(device), 0, 0).deviceId,
  channels: ['A'],
  samplePeriodSeconds: 900,
  readingsAMessage: 4,
  message: (device, timeSeconds, hour) =>
    sigfoxUplink(periodicDevice(device), timeSeconds, 0, { payload: periodicFrame(indexOf(device, hour)) }),
}

/** Eight records a datagram, a quarter of an hour apart: half of them were in the datagram before. */
const dragino: Fleet = {
  name: 'Dragino, 8 records',
  lane: 'nbiot',
  devices: 10_000,
  deviceId: (device) => (dragino.message(device, firstSecond, 0) as Uplink).deviceId,
  channels: ['A'],
  samplePeriodSeconds: null,
  readingsAMessage: 8,
  message: (device, timeSeconds, hour) => {
    const record = (back: number): [number, number] => [
      1_000_000 + indexOf(device, hour) - 30 * back,
      timeSeconds - 900 * back,
    ]
    const history = Array.from({ length: 7 }, (_, i) => record(i + 1))
    return nbiotItem(draginoDatagram(device, timeSeconds, record(0)[0], history), timeSeconds * 1000 + 2_000)
  },
}

export const fleets: readonly Fleet[] = [sigfoxData, sigfoxPeriodic, dragino]

/** Coprime to the numbers of devices: neighbours in time are strangers in the key. */
const stride = 61_803

/** The next messages of a fleet, in the order of their times, from one call to the next. */
export const logOf = ({ devices, message }: Fleet) => {
  let sent = 0
  return (count: number): RawItem[] =>
    Array.from({ length: count }, () => {
      const [hour, turn] = [Math.floor(sent / devices), sent % devices]
      sent++
      return message((turn * stride) % devices, firstSecond + hour * 3600 + Math.floor((turn * 3600) / devices), hour)
    })
}
