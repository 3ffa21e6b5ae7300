import type { RawItem, Uplink } from '../../core/message/uplink.ts'
import { draginoDatagram, nbiotItem, type seeded, sigfoxUplink } from './traffic.ts'

type Random = ReturnType<typeof seeded>

const hourSeconds = 3_600

/** A reject record as a door makes it. */
const doorReject = (lane: 'sigfox' | 'nbiot', text: string, atMs: number): RawItem => ({
  kind: 'reject',
  lane,
  step: 'door',
  reason: 'body_unreadable',
  bytes: Buffer.from(text),
  atMs,
  deviceId: null,
})

/**
 * Sigfox messages of a few devices that make everything happen which can depend on an order: copies with other receive
 * times, two indexes at one instant, frames that cannot be decoded, times out of range, door rejects.
 */
export const awkwardSigfox = (random: Random, nowSeconds: number, count: number): RawItem[] =>
  Array.from({ length: count }, (_, n): RawItem => {
    const time = nowSeconds - random.below(6) * hourSeconds
    const uplink = sigfoxUplink(random.below(3), time, 100 + random.below(5), {
      seqNumber: random.below(3),
      receivedAtMs: time * 1000 + random.below(5) * 60_000,
    })
    const kinds: Record<number, () => RawItem> = {
      0: () => ({ ...uplink, payload: Buffer.from('ff00', 'hex'), seqNumber: 100 }),
      1: () => ({ ...uplink, timeSeconds: time + 86_400, seqNumber: 101 }),
      2: () => doorReject('sigfox', `line ${random.below(3)}`, nowSeconds * 1000),
      3: () => ({ ...uplink, payload: Buffer.from('47a00f780000', 'hex'), seqNumber: 102 }),
    }
    return kinds[random.below(12)]?.() ?? uniquePayload(uplink, n)
  })

/** One identity has one frame, as a network would have it: the index follows from (device, seqNumber, time). */
const uniquePayload = (uplink: Uplink, _n: number): Uplink => {
  const { deviceId, seqNumber, timeSeconds } = uplink
  const index = 100 + ((Number.parseInt(deviceId, 16) + seqNumber * 7 + (timeSeconds ?? 0)) % 5)
  return { ...sigfoxUplink(0, timeSeconds ?? 0, index), deviceId, seqNumber, receivedAtMs: uplink.receivedAtMs }
}

/** Datagrams of the same sort: overlapping histories, clocks that are not set, copies of both. */
export const awkwardNbiot = (random: Random, nowSeconds: number, count: number): RawItem[] =>
  Array.from({ length: count }, (): RawItem => {
    const time = nowSeconds - random.below(6) * hourSeconds
    const history = Array.from({ length: random.below(4) }, (_, k): [number, number] => [
      900 - k + random.below(2),
      time - (k + 1) * hourSeconds,
    ])
    const clock = random.below(6) === 0 ? 0 : time
    const datagram = draginoDatagram(random.below(3), clock, 900 + random.below(3), history)
    return nbiotItem(datagram, time * 1000 + random.below(5) * 60_000 + random.below(1_000))
  })
