import { refusedAtDoor } from '../../message/rejects.ts'
import { type Envelope, uplinkOf } from '../envelope.ts'
import { paddedText, u8 } from '../frame-reader.ts'

/** Where the fields of an ELKO datagram stand, behind the IMEI of fifteen ASCII digits. */
export const elkoAt = { type: 15, function: 16, flags: 17, counter: 18, end: 22 } as const

const zero = 0x30

/**
 * Whether a datagram begins with an IMEI in ASCII. ASCII digits are valid BCD too, but no Adeunis envelope looks like
 * this: its signal quality would be above 47, and its device would have sent 800 million frames.
 */
export const isElko = (datagram: Uint8Array): boolean => {
  const digits = Math.min(datagram.length, elkoAt.type)
  for (let at = 0; at < digits; at++) {
    const digit = u8(datagram, at) - zero
    if (digit < 0 || digit > 9) return false
  }
  return digits >= 8
}

/** The digits of the IMEI field as sent. */
export const elkoDeviceId = (datagram: Uint8Array): string => paddedText(datagram, 0, elkoAt.type)

/**
 * A datagram that ends before its type is refused. The device has no clock. Type and function decide the length, and
 * only the decoder knows them.
 */
export const elkoEnvelope: Envelope = {
  claims: isElko,
  read: (datagram, receivedAtMs) => {
    const deviceId = datagram.length < elkoAt.type ? null : elkoDeviceId(datagram)
    if (deviceId === null || datagram.length === elkoAt.type)
      return refusedAtDoor('nbiot', 'truncated_datagram', datagram, receivedAtMs, deviceId)
    return uplinkOf('elko-nb', datagram, receivedAtMs, { deviceId, timeSeconds: null })
  },
}
