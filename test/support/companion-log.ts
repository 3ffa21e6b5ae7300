import type { RawItem } from '../../core/message/uplink.ts'
import vectors from '../vectors/adeunis.json' with { type: 'json' }
import { nbiotItem, type seeded, sigfoxUplink } from './traffic.ts'

type Random = ReturnType<typeof seeded>

const hour = 3_600
const dayFrames = vectors.sequences[0]?.frames ?? []
const hourFrames = ['480000000003e8000007d0', '4800010002000100040002', '4800020006000300080004', '480003000a0005']

/** Devices that send 0x48 by the hour or by the day, to be registered as v1. */
export const historyDevices = { byTheDay: 'C00010', byTheHour: 'C00011' } as const

interface Sender {
  sent: number
  readonly device: number
}

const frameAt = (sender: Sender, hex: string, timeSeconds: number): RawItem =>
  sigfoxUplink(sender.device, timeSeconds, 0, { seqNumber: sender.sent++, payload: Buffer.from(hex, 'hex') })

/**
 * Series of two days and a few hours, of which frames are lost. `faults` more: openings that come too early, frames that
 * come twice, frames of the other history.
 */
export const historyLog = (random: Random, nowSeconds: number, faults: number): RawItem[] => {
  const byDay: Sender = { sent: 0, device: 0x10 }
  const byHour: Sender = { sent: 0, device: 0x11 }
  const start = nowSeconds - 60 * hour
  const isReceived = () => random.next() > 0.1
  const series = (sender: Sender, frames: readonly string[], from: number, spacing: number) =>
    frames.map((hex, k) => frameAt(sender, hex, from + k * spacing)).filter(isReceived)
  const all = [
    ...[0, 1].flatMap((day) => series(byDay, dayFrames, start + day * 24 * hour, 600)),
    ...[0, 1, 2, 3, 4].flatMap((n) => series(byHour, hourFrames, start + n * hour, 30)),
  ]
  const fault = () => {
    const frames = random.below(2) === 0 ? dayFrames : hourFrames
    const hex = frames[random.below(frames.length)] ?? ''
    return frameAt(random.below(2) === 0 ? byDay : byHour, hex, start + random.below(30 * 6) * 600)
  }
  return [...all, ...Array.from({ length: faults }, fault)]
}

/** 0x5A with three deltas, 0x46, or a configuration with one of three sample periods; several at the same instant. */
const samplingFrame = (random: Random): Buffer => {
  const kind = random.below(6)
  if (kind === 0) return Buffer.from(`1000010018aa${['012c', '0708', '0e10'][random.below(3)]}aa0001`, 'hex')
  const payload = Buffer.alloc(12)
  payload[0] = kind === 1 ? 0x46 : kind === 2 ? 0x5b : 0x5a
  payload.writeUInt32BE(1_000 + random.below(3), 2)
  for (let at = 6; at < 12; at += 2) payload.writeUInt16BE(random.below(3), at)
  return payload
}

/** Two devices whose histories are timed by the configurations that they send in between. */
export const samplingLog = (random: Random, nowSeconds: number, count: number): RawItem[] =>
  Array.from({ length: count }, (_, n) => {
    const time = nowSeconds - random.below(12) * hour
    return sigfoxUplink(0x20 + random.below(2), time, 0, { seqNumber: n, payload: samplingFrame(random) })
  })

/** The same by NB-IoT, where a configuration never has a time of its own, and some frames have none either. */
export const samplingDatagrams = (random: Random, nowSeconds: number, count: number): RawItem[] =>
  Array.from({ length: count }, (_, n) => {
    const time = nowSeconds - random.below(12) * hour
    const head = Buffer.from('08611000000000200a00000000', 'hex')
    head.writeUInt32BE(n, 9)
    const inner = Buffer.concat([samplingFrame(random), Buffer.alloc(16)])
    const isConfiguration = inner[0] === 0x10
    const frame = isConfiguration ? Buffer.concat([inner, Buffer.alloc(1)]) : inner.subarray(0, 12)
    const clock = Buffer.alloc(isConfiguration || random.below(3) === 0 ? 0 : 4)
    if (clock.length > 0) {
      frame[1] = 0x04
      clock.writeUInt32BE(time - 1_356_998_400)
    }
    const receivedAtMs = (time + random.below(hour)) * 1000
    return nbiotItem(Buffer.concat([head, frame, clock]), receivedAtMs)
  })
