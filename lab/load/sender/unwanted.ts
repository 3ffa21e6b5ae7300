import type { LoadFleet } from '../plan/fleet.ts'
import { mix } from '../plan/hash.ts'
import type { Callback } from './callbacks.ts'

const json = (body: object, token: string | null): Callback => ({
  path: '/sigfox/uplink',
  contentType: 'application/json',
  body: JSON.stringify(body),
  token,
})

const kindSalt = 0xf001
const kindOf = ({ plan }: LoadFleet, number: number, kinds: number) => mix(plan.seed ^ kindSalt, number) % kinds

/** A callback with the token that cannot be read. It is answered, and recorded as a reject. */
export const malformedCallback = (fleet: LoadFleet, number: number, token: string): Callback => {
  const [device, time, data] = [fleet.deviceIdOf(number), fleet.timeOf(number), fleet.frameHex(number)]
  const bodies = [
    { device, time, data: data.slice(1), seqNumber: 1 },
    { device, time, data: `${data.slice(2)}xy`, seqNumber: 1 },
    { device, data, seqNumber: 1 },
    { device: '{device}', time: '{time}', data: '{data}', seqNumber: '{seqNumber}' },
    { device, time, batt: '3.1', temp: '21', seqNumber: 1 },
    { device: 'not a device', time, data, seqNumber: 1 },
    { device, time: 1, data, seqNumber: -5 },
  ]
  // the number makes each one different: rejects of the same bytes at the same instant count as one
  return json({ ...bodies[kindOf(fleet, number, bodies.length)], number }, token)
}

/** A line that cannot be read, among good ones of a batch. */
export const malformedLine = (fleet: LoadFleet, number: number): string => {
  const id = fleet.deviceIdOf(number)
  const lines = [
    `${id};now;${number}`,
    `${id};${fleet.timeOf(number)};false;null;37FF;4;null;45;5;-120.50;${number}`,
    `device;time;${number}`,
  ]
  return lines[kindOf(fleet, number, lines.length)] ?? id
}

/** A callback that must be refused: without the token, or with a wrong one. */
export const hostileCallback = (fleet: LoadFleet, number: number): Callback => {
  const body = { device: fleet.deviceIdOf(number), time: fleet.timeOf(number), data: '46', seqNumber: 1 }
  const tokens = [null, 'guess', `${'0'.repeat(kindOf(fleet, number, 64))}1`]
  return json(body, tokens[kindOf(fleet, number, tokens.length)] ?? null)
}

const largestDatagram = 1_400

/** A datagram that no device sends: noise, another protocol, a truncated one, one that is far too long. */
export const junkDatagram = (fleet: LoadFleet, number: number, whole: (target: Buffer) => number): Uint8Array => {
  const kind = kindOf(fleet, number, 4)
  if (kind === 0) {
    const datagram = Buffer.alloc(128)
    whole(datagram)
    return datagram.subarray(0, 9)
  }
  const datagram = Buffer.alloc(kind === 1 ? largestDatagram : 4 + (number % 60), kind === 2 ? 0xcc : 0x40)
  // a second nibble above nine, with which no id begins
  datagram[1] = 0xff
  return datagram
}
