import type { Model, Told } from './model.ts'

/**
 * A fleet in which every message follows from its number, so that a million messages need no memory. The ledger keeps one
 * byte for each, and this file is the whole model of the readings.
 */
export interface FleetPlan {
  readonly sigfoxDevices: number
  readonly nbiotDevices: number
  readonly messagesPerDevice: number
  /** When the first message is due, whole seconds since 1970. */
  readonly startSeconds: number
  readonly periodSeconds: number
}

export type Door = 'sigfox' | 'nbiot'

/** One message as its device sends it. */
export interface FleetMessage {
  readonly door: Door
  readonly deviceId: string
  readonly timeSeconds: number
  /** Sigfox only, else -1. */
  readonly seqNumber: number
  /** Sigfox: the frame. NB-IoT: the datagram. */
  readonly payload: Buffer
}

const sigfoxBase = 0xc00000
const imeiPrefix = '86841105'
const historyRecords = 2
const seqNumbers = 4_096
export const channelsOf = { sigfox: ['A', 'B'], nbiot: ['A'] } as const

const sigfoxId = (device: number) => (sigfoxBase + device).toString(16).toUpperCase()
const imeiOf = (device: number) => imeiPrefix + String(device).padStart(7, '0')

/** What a meter shows at the n-th sample. Neighbouring samples and devices differ. */
const indexAt = (device: number, n: number, channel: number) => (1_000 + (device % 997) + 10 * n) * (channel + 1)

/** An Adeunis Pulse frame 0x46: the indexes of two channels. */
const sigfoxFrame = (device: number, n: number): Buffer => {
  const frame = Buffer.alloc(10)
  frame[0] = 0x46
  frame.writeUInt32BE(indexAt(device, n, 0), 2)
  frame.writeUInt32BE(indexAt(device, n, 1), 6)
  return frame
}

const draginoFixed = Buffer.from('0a640cf11d0100000001c2', 'hex')

/** A Dragino SW3L-NB datagram: IMEI, IMSI, current total and time, and the earlier samples. */
const draginoFrame = (imei: string, device: number, n: number, timeOf: (n: number) => number): Buffer => {
  const samples = Array.from({ length: 1 + Math.min(n, historyRecords) }, (_, k) => n - k)
  const body = Buffer.alloc(8 * samples.length)
  for (const [i, sample] of samples.entries()) {
    body.writeUInt32BE(indexAt(device, sample, 0), 8 * i)
    body.writeUInt32BE(timeOf(sample), 8 * i + 4)
  }
  return Buffer.concat([Buffer.from(`f${imei}f460240102030405`, 'hex'), draginoFixed, body])
}

export const createFleet = (plan: FleetPlan) => {
  const { sigfoxDevices, nbiotDevices, messagesPerDevice, startSeconds, periodSeconds } = plan
  const sigfoxMessages = sigfoxDevices * messagesPerDevice
  const count = sigfoxMessages + nbiotDevices * messagesPerDevice
  // the n-th reports of a fleet are spread over the period
  const timeOf = (device: number, n: number) => startSeconds + n * periodSeconds + (device % periodSeconds)
  const place = (number: number) => {
    const door: Door = number < sigfoxMessages ? 'sigfox' : 'nbiot'
    const own = door === 'sigfox' ? number : number - sigfoxMessages
    return { door, device: Math.floor(own / messagesPerDevice), n: own % messagesPerDevice }
  }
  const numberOf = (door: Door, device: number, n: number) =>
    (door === 'sigfox' ? 0 : sigfoxMessages) + device * messagesPerDevice + n

  const message = (number: number): FleetMessage => {
    const { door, device, n } = place(number)
    const timeSeconds = timeOf(device, n)
    if (door === 'sigfox')
      return {
        door,
        deviceId: sigfoxId(device),
        timeSeconds,
        seqNumber: n % seqNumbers,
        payload: sigfoxFrame(device, n),
      }
    const deviceId = imeiOf(device)
    const payload = draginoFrame(deviceId, device, n, (sample) => timeOf(device, sample))
    return { door, deviceId, timeSeconds, seqNumber: -1, payload }
  }

  const deviceOf = (deviceId: string): { door: Door; device: number } | null => {
    const door: Door = deviceId.startsWith(imeiPrefix) && deviceId.length === 15 ? 'nbiot' : 'sigfox'
    const device =
      door === 'nbiot' ? Number(deviceId.slice(imeiPrefix.length)) : Number.parseInt(deviceId, 16) - sigfoxBase
    return device >= 0 && device < (door === 'nbiot' ? nbiotDevices : sigfoxDevices) ? { door, device } : null
  }

  /** The number of a device's message, or sample, at an instant. Null where the fleet has none. */
  const find = (deviceId: string, timeSeconds: number): number | null => {
    const found = deviceOf(deviceId)
    if (!found) return null
    const n = (timeSeconds - timeOf(found.device, 0)) / periodSeconds
    return Number.isInteger(n) && n >= 0 && n < messagesPerDevice ? numberOf(found.door, found.device, n) : null
  }

  const index = (number: number, channel: number) => {
    const { device, n } = place(number)
    return indexAt(device, n, channel)
  }
  const doorOf = (number: number): Door => place(number).door
  /** The samples in a message: its own, and in a datagram the earlier ones. */
  const samples = (number: number): number[] => {
    const { door, n } = place(number)
    const more = door === 'sigfox' ? 0 : Math.min(n, historyRecords)
    return Array.from({ length: 1 + more }, (_, k) => number - k)
  }
  const channelNames = (number: number): readonly string[] => channelsOf[doorOf(number)]

  return {
    plan,
    count,
    message,
    find,
    payloadHex: (number: number) => message(number).payload.toString('hex'),
    placeOf: ((deviceId, channel, timeSeconds, shown) => {
      const number = find(deviceId, timeSeconds)
      const at = number === null ? -1 : channelNames(number).indexOf(channel)
      return number !== null && at >= 0 && index(number, at) === shown ? { number, bit: 1 << at } : null
    }) satisfies Model['placeOf'],
    told: (number: number): Told[] => samples(number).map((one) => [one, (1 << channelNames(one).length) - 1]),
    nameOf: (number: number) => `${number} of ${message(number).deviceId}`,
    doorOf,
    /** The index of a sample on a channel, counted from 0. */
    index,
    samples,
    /** Numbers of the messages that come through a door. */
    range: (door: Door): [first: number, end: number] =>
      door === 'sigfox' ? [0, sigfoxMessages] : [sigfoxMessages, count],
  }
}

export type Fleet = ReturnType<typeof createFleet>
