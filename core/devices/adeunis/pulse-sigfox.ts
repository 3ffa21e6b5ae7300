import type { Profile } from '../profile.ts'
import type { PulseVersion } from './frame.ts'
import { decodePulse } from './pulse.ts'

const adeunisPulse = (version: PulseVersion): Profile => ({
  name: `adeunis-pulse@${version}`,
  uplinkKind: 'sigfox-data',
  decode: (payload, context) => decodePulse(version, payload, context),
})

/** The Adeunis PULSE by Sigfox, a profile for each version of its firmware. */
export const adeunisPulseProfiles: readonly Profile[] = ([1, 2, 3, 4] as const).map(adeunisPulse)
