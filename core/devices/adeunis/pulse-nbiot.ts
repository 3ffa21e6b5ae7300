import { u8, u32 } from '../frame-reader.ts'
import type { Profile } from '../profile.ts'
import { adeunisAt, adeunisDeviceId, isAdeunis } from './envelope.ts'
import { decodePulse } from './pulse.ts'

/** The Adeunis PULSE by NB-IoT: frames of v4 in an envelope. */
export const adeunisPulseNbiot: Profile = {
  name: 'adeunis-pulse-nbiot',
  code: 6,
  revision: 1,
  uplinkKind: 'adeunis-nbiot',
  recognises: () => true,
  decode: (payload, context) => {
    if (payload.length === 0) return 'empty_frame'
    if (!isAdeunis(payload)) return 'wrong_profile'
    if (payload.length < adeunisAt.frame) return 'short_frame'
    const inner = decodePulse(4, payload.subarray(adeunisAt.frame), context)
    if (typeof inner === 'string') return inner
    const fields = () => ({
      imei: adeunisDeviceId(payload),
      signalQuality: u8(payload, adeunisAt.signalQuality),
      globalFrameCounter: u32(payload, adeunisAt.frameCounter),
      inner: inner.fields(),
    })
    return { ...inner, fields }
  },
}
