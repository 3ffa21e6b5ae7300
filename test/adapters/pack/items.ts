import fc from 'fast-check'
import { lanes, steps, uplinkKinds } from '../../../core/message/lane.ts'
import { type RejectRecord, rejectReasons } from '../../../core/message/rejects.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'

const anyInstantMs = fc.oneof(fc.integer({ min: 1_735_689_600_000, max: 1_735_689_700_000 }), fc.nat(2 ** 45))
const anyBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
const digits = (pattern: RegExp) => fc.stringMatching(pattern)

const anyUplink: fc.Arbitrary<Uplink> = fc.record({
  kind: fc.constantFrom(...uplinkKinds),
  deviceId: fc.oneof(digits(/^[1-9A-F][0-9A-F]{0,7}$/), digits(/^[0-9]{15,16}$/)),
  seqNumber: fc.oneof(fc.constantFrom(-1, 0, 4095), fc.nat(2 ** 31 - 1)),
  timeSeconds: fc.option(fc.oneof(fc.integer({ min: 1_735_689_600, max: 1_735_689_700 }), fc.nat(1e11))),
  receivedAtMs: anyInstantMs,
  payload: anyBytes,
})

const anyReject: fc.Arbitrary<RejectRecord> = fc.record({
  kind: fc.constant('reject' as const),
  lane: fc.constantFrom(...lanes),
  step: fc.constantFrom(...steps),
  reason: fc.constantFrom(...rejectReasons),
  bytes: anyBytes,
  atMs: anyInstantMs,
  deviceId: fc.option(digits(/^[1-9A-F][0-9A-F]{0,7}$/)),
})

export const anyItem: fc.Arbitrary<RawItem> = fc.oneof(anyUplink, anyReject)

const second = 1_735_689_600

/** The n-th of many messages that arrive one a millisecond, each from another device, a few seconds after its time. */
const arriving = (n: number, more: Partial<Uplink>): Uplink => ({
  kind: 'sigfox-data',
  deviceId: (0xffffffff - n).toString(16).toUpperCase(),
  seqNumber: n % 4096,
  timeSeconds: second + Math.floor(n / 1000) - (n % 30),
  receivedAtMs: second * 1000 + n,
  payload: Buffer.alloc(12, n),
  ...more,
})

export const callbackOf12Bytes = (n: number): Uplink => arriving(n, {})

export const adeunisOf31Bytes = (n: number): Uplink =>
  arriving(n, {
    kind: 'adeunis-nbiot',
    deviceId: String(3_522_334_455_660_000 + n),
    seqNumber: -1,
    payload: Buffer.alloc(31, n),
  })
