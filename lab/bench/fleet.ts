import type { Channel } from '../../core/message/channel.ts'
import type { RawItem, Uplink } from '../../core/message/uplink.ts'
import { draginoDatagram, nbiotItem, sigfoxUplink } from '../../test/support/traffic.ts'

/** Devices of one kind that report regularly from yesterday midnight on, each at its own second. */
export interface Fleet {
  readonly name: string
  readonly lane: 'sigfox' | 'nbiot'
  readonly profile: string
  readonly devices: number
  readonly deviceId: (device: number) => string
  readonly channels: readonly Channel[]
  readonly samplePeriodSeconds: number | null
  /** Readings in a message, including those that an earlier message held. */
  readonly readingsAMessage: number
  readonly hoursBetweenMessages: number
  readonly message: (device: number, timeSeconds: number, hour: number) => RawItem
}

export const firstSecond = Math.floor(Date.now() / 86_400_000) * 86_400 - 86_400

const indexOf = (device: number, hour: number) => (device % 1_000) * 10_000 + hour * 120

/** Frame 0x5A: the index of channel A, what to subtract for each earlier sample, and the device's time. */
const periodicFrame = (index: number, deltas: number, timeSeconds: number | null = null): Buffer => {
  const payload = Buffer.alloc(6 + 2 * deltas + (timeSeconds === null ? 0 : 4))
  payload[0] = 0x5a
  payload.writeUInt32BE(index, 2)
  for (let k = 0; k < deltas; k++) payload.writeUInt16BE(30, 6 + 2 * k)
  if (timeSeconds === null) return payload
  payload[1] = 0x04
  // the device counts seconds since 2013
  payload.writeUInt32BE(timeSeconds - 1_356_998_400, payload.length - 4)
  return payload
}

const periodicDevice = (device: number) => 200_000 + device

export const sigfoxData: Fleet = {
  name: 'Sigfox 0x46',
  lane: 'sigfox',
  profile: 'adeunis-pulse@3',
  devices: 100_000,
  deviceId: (device) => sigfoxUplink(device, 0, 0).deviceId,
  channels: ['A', 'B'],
  samplePeriodSeconds: null,
  readingsAMessage: 2,
  hoursBetweenMessages: 1,
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
    sigfoxUplink(periodicDevice(device), timeSeconds, 0, { payload: periodicFrame(indexOf(device, hour), 3) }),
}

/** Eight records a datagram, a quarter of an hour apart. Half of them were in the previous datagram. */
export const dragino: Fleet = {
  name: 'Dragino, 8 records',
  lane: 'nbiot',
  profile: 'dragino-sw3l-nb',
  devices: 10_000,
  deviceId: (device) => (dragino.message(device, firstSecond, 0) as Uplink).deviceId,
  channels: ['A'],
  samplePeriodSeconds: null,
  readingsAMessage: 8,
  hoursBetweenMessages: 1,
  message: (device, timeSeconds, hour) => {
    const record = (back: number): [number, number] => [
      1_000_000 + indexOf(device, hour) - 30 * back,
      timeSeconds - 900 * back,
    ]
    const history = Array.from({ length: 7 }, (_, i) => record(i + 1))
    return nbiotItem(draginoDatagram(device, timeSeconds, record(0)[0], history), timeSeconds * 1000 + 2_000)
  },
}

/** One datagram a day with the last 24 hours. */
export const adeunisDays: Fleet = {
  name: 'Adeunis NB-IoT, 24 samples',
  lane: 'nbiot',
  profile: 'adeunis-pulse-nbiot',
  devices: 100_000,
  deviceId: (device) => `0861${String(device).padStart(12, '0')}`,
  channels: ['A'],
  samplePeriodSeconds: 3_600,
  readingsAMessage: 24,
  hoursBetweenMessages: 24,
  message: (device, timeSeconds, hour) => {
    const head = Buffer.alloc(13)
    head.write(adeunisDays.deviceId(device), 'hex')
    head.writeUInt32BE(hour, 9)
    const frame = periodicFrame(indexOf(device, hour), 23, timeSeconds)
    return nbiotItem(Buffer.concat([head, frame]), timeSeconds * 1000 + 2_000)
  },
}

export const fleets: readonly Fleet[] = [sigfoxData, sigfoxPeriodic, dragino, adeunisDays]

/** Coprime to the numbers of devices, so that neighbours in time are far apart in the key. */
const stride = 61_803

/** Each call returns the next messages of a fleet in the order of their times. */
export const logOf = ({ devices, hoursBetweenMessages, message }: Fleet, start = firstSecond) => {
  let sent = 0
  return (count: number): RawItem[] =>
    Array.from({ length: count }, () => {
      const [round, turn] = [Math.floor(sent / devices), sent % devices]
      sent++
      const hour = round * hoursBetweenMessages
      return message((turn * stride) % devices, start + hour * 3600 + Math.floor((turn * 3600) / devices), hour)
    })
}
