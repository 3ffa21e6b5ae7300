import type { Profile } from '../profile.ts'
import type { PulseVersion } from './frame.ts'
import { decodePulse } from './pulse.ts'
import { adeunisPulseLegacy } from './pulse-legacy.ts'
import { adeunisPulseNbiot } from './pulse-nbiot.ts'

const adeunisPulse = (version: PulseVersion): Profile => ({
  name: `adeunis-pulse@${version}`,
  code: version,
  revision: 1,
  uplinkKind: 'sigfox-data',
  decode: (payload, context) => decodePulse(version, payload, context),
})

/**
 * Adeunis: the PULSE by Sigfox, with a profile for each firmware version; its predecessor; and the PULSE by NB-IoT, in
 * the vendor's own envelope.
 */
export const adeunisProfiles: readonly Profile[] = [
  ...([1, 2, 3, 4] as const).map(adeunisPulse),
  adeunisPulseLegacy,
  adeunisPulseNbiot,
]
