import type { RawItem } from '../../message/uplink.ts'
import { hexText, holdsDigits } from '../frame-reader.ts'
import { refusal } from '../refusal.ts'
import { deviceTimeSeconds } from './device-time.ts'

/** Bytes of the IMEI field: sixteen digits. */
const imeiBytes = 8

/** Where the fields of the envelope begin; behind it lies the same frame that a v4 device sends by LoRaWAN. */
export const adeunisAt = { signalQuality: imeiBytes, frameCounter: 9, frame: 13 } as const

/** Whether `datagram` begins as an Adeunis envelope does: with sixteen decimal digits. */
export const isAdeunis = (datagram: Uint8Array): boolean =>
  datagram.length >= imeiBytes && holdsDigits(datagram, 0, imeiBytes)

/** The digits of the IMEI field as sent: the vendor's decoder drops the zeros at the head of each half. */
export const adeunisDeviceId = (datagram: Uint8Array): string => hexText(datagram, 0, imeiBytes)

/** The uplink in a datagram that `isAdeunis`, or its refusal where the envelope is cut. */
export const readAdeunis = (datagram: Uint8Array, receivedAtMs: number): RawItem => {
  const deviceId = adeunisDeviceId(datagram)
  if (datagram.length < adeunisAt.frame) return refusal('truncated_datagram', datagram, receivedAtMs, deviceId)
  return {
    kind: 'adeunis-nbiot',
    deviceId,
    seqNumber: -1,
    timeSeconds: deviceTimeSeconds(datagram, adeunisAt.frame),
    receivedAtMs,
    payload: datagram,
  }
}
