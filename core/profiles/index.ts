import { readDraginoHeader, sw3lNb } from '../nbiot/dragino.ts'
import type { Profile } from '../profile.ts'
import type { UplinkKind } from '../uplink.ts'
import { adeunisPulseProfiles } from './adeunis-pulse.ts'
import { adeunisPulseNbiot } from './adeunis-pulse-nbiot.ts'
import { draginoSw3lNb } from './dragino-sw3l-nb.ts'

/** Every profile by its name, as the registry writes it. */
export const profiles: ReadonlyMap<string, Profile> = new Map(
  [...adeunisPulseProfiles, adeunisPulseNbiot, draginoSw3lNb].map((profile) => [profile.name, profile]),
)

/**
 * The name of the profile that follows from an NB-IoT datagram: from its envelope, of Dragino from the model in its
 * header. Null where nothing follows; a Sigfox frame never says what it is.
 */
export const profileOfDatagram = (kind: UplinkKind, payload: Uint8Array): string | null => {
  switch (kind) {
    case 'sigfox-data':
      return null
    case 'adeunis-nbiot':
      return adeunisPulseNbiot.name
    case 'dragino-nb':
      return draginoProfile(payload)
  }
}

const draginoProfile = (payload: Uint8Array): string | null => {
  const header = readDraginoHeader(payload)
  return typeof header !== 'string' && header.model === sw3lNb ? draginoSw3lNb.name : null
}
