import { u8, u24, u32 } from '../frame-reader.ts'
import type { DecodedFrame, Profile } from '../profile.ts'
import { alarmEvents, type DraginoDatagram, draginoProfile, historyOf, measuredAt } from './datagram.ts'
import { draginoModels, hasThreeCounters } from './envelope.ts'

/**
 * The Dragino CPL03-NB contact and pulse counter, with counters of 24 bits: one with the duration of the last opening,
 * or three (channels A, B and C) where a bit of its status says so.
 */
export const draginoCpl03Nb: Profile = draginoProfile(
  { name: 'dragino-cpl03-nb', code: 8, revision: 1 },
  draginoModels.cpl03Nb,
  (datagram) => {
    const status = u8(datagram.bytes, datagram.recordAt)
    return hasThreeCounters(status) ? decodeThree(datagram, status) : decodeOne(datagram, status)
  },
)

const statusOf = (byte: number) => ({
  level: byte & 1,
  alarm: (byte >> 1) & 1,
  triggerMode: (byte >> 2) & 1,
  ttrChannelMode: (byte >> 3) & 1,
  tdcFlag: (byte >> 4) & 1,
  countMode: (byte >> 5) & 1,
})

const decodeOne = (datagram: DraginoDatagram, statusByte: number): DecodedFrame => {
  const { bytes, recordAt, timeSeconds } = datagram
  const status = statusOf(statusByte)
  const count = u24(bytes, recordAt + 1)
  const history = historyOf(
    datagram,
    11,
    (at) => ({
      status: statusOf(u8(bytes, at)),
      count: u24(bytes, at + 1),
      lastOpenTime: u24(bytes, at + 4),
      timeSeconds: u32(bytes, at + 7),
    }),
    (record) => record.count,
  )
  return {
    fields: () => ({ status, count, lastOpenTime: u24(bytes, recordAt + 4), timeSeconds, history }),
    indexes: [{ count, timeSeconds }, ...history].map((r) => measuredAt('A', r.count, r.timeSeconds)),
    events: alarmEvents(status.alarm),
  }
}

const threeChannels = ['A', 'B', 'C'] as const

const countsAt = (bytes: Uint8Array, at: number): number[] => threeChannels.map((_, k) => u24(bytes, at + 3 * k))

const decodeThree = (datagram: DraginoDatagram, statusByte: number): DecodedFrame => {
  const { bytes, recordAt, timeSeconds } = datagram
  const status = statusOf(statusByte)
  const counts = countsAt(bytes, recordAt + 1)
  const history = historyOfThree(datagram)
  return {
    fields: () => ({ status, counts, timeSeconds, history }),
    indexes: [{ counts, timeSeconds }, ...history].flatMap((r) =>
      threeChannels.map((channel, k) => measuredAt(channel, r.counts[k] ?? 0, r.timeSeconds)),
    ),
    events: alarmEvents(status.alarm),
  }
}

/**
 * For a history of three counters the vendor's decoders for the two firmwares disagree: a record has 14 bytes, or with
 * an IMSI 20, where count and duration precede the counters. The length of the datagram decides; where neither fits,
 * there is no history.
 */
const historyOfThree = (datagram: DraginoDatagram) => {
  const { bytes, historyAt, hasImsi } = datagram
  const sizes = hasImsi ? [20, 14] : [14, 20]
  const size = sizes.find((recordBytes) => (bytes.length - historyAt) % recordBytes === 0)
  if (size === undefined) return []
  return historyOf(
    datagram,
    size,
    (at) => ({
      status: statusOf(u8(bytes, at)),
      counts: countsAt(bytes, at + size - 13),
      timeSeconds: u32(bytes, at + size - 4),
    }),
    (record) => Math.max(...record.counts),
  )
}
