import type { RejectReason } from '../../message/rejects.ts'
import { u8 } from '../frame-reader.ts'
import type { DecodeContext, DecodedFrame } from '../profile.ts'
import { decodeConfiguration, decodeSamplingConfiguration } from './configuration.ts'
import { decodeData, decodeFlowAlarm } from './data.ts'
import { deviceTimeSeconds, fieldsEnd } from './device-time.ts'
import { type FrameDecoder, type PulseVersion, readStatus } from './frame.ts'
import { decodeHistory } from './history.ts'
import { decodeKeepAlive } from './keep-alive.ts'
import { decodeNetwork } from './network.ts'
import { decodePeriodic } from './periodic.ts'
import { decodeRegisterResult, decodeRegisterValues } from './register.ts'
import { decodeLeakDays, decodeLeakDaysAndTamper, decodeThresholds } from './thresholds.ts'

/** A frame code with the fewest bytes such a frame has, and its decoder. */
type FrameCode = readonly [code: number, readonly [leastBytes: number, FrameDecoder]]

const everyVersion: readonly FrameCode[] = [
  [0x11, [10, decodeThresholds]],
  [0x20, [3, decodeNetwork]],
  [0x30, [11, decodeKeepAlive]],
  [0x31, [2, decodeRegisterValues]],
  [0x33, [5, decodeRegisterResult]],
  [0x46, [10, decodeData]],
  [0x47, [6, decodeFlowAlarm]],
]

const v1: readonly FrameCode[] = [
  ...everyVersion,
  [0x10, [9, decodeConfiguration]],
  [0x12, [6, decodeLeakDays]],
  [0x48, [3, decodeHistory]],
]

const v3: readonly FrameCode[] = [
  ...everyVersion,
  [0x10, [11, decodeSamplingConfiguration]],
  [0x12, [10, decodeLeakDaysAndTamper]],
  [0x5a, [6, decodePeriodic('A')]],
  [0x5b, [6, decodePeriodic('B')]],
]

const codesOf = { 1: new Map(v1), 2: new Map(v1), 3: new Map(v3), 4: new Map(v3) }

/**
 * Decodes a frame of an Adeunis PULSE. The same bytes mean different things in different versions and do not say in
 * which: the version comes from the registry. Bytes behind the known fields are ignored.
 */
export const decodePulse = (
  version: PulseVersion,
  bytes: Uint8Array,
  { samplePeriodSeconds }: DecodeContext,
): DecodedFrame | RejectReason => {
  if (bytes.length === 0) return 'empty_frame'
  const code = codesOf[version].get(u8(bytes, 0))
  if (code === undefined) return 'unknown_frame'
  const [leastBytes, decode] = code
  const end = version === 4 ? fieldsEnd(bytes, 0) : bytes.length
  if (end === null || end < leastBytes) return 'short_frame'
  const status = readStatus(version, u8(bytes, 1))
  const timeSeconds = version === 4 ? deviceTimeSeconds(bytes, 0) : null
  return decode({ bytes, end, status, timeSeconds, samplePeriodSeconds })
}
