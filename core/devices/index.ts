import type { UplinkKind } from '../message/lane.ts'
import { adeunisPulseLegacy } from './adeunis/pulse-legacy.ts'
import { adeunisPulseNbiot } from './adeunis/pulse-nbiot.ts'
import { adeunisPulseProfiles } from './adeunis/pulse-sigfox.ts'
import { draginoCpl03Nb } from './dragino/cpl03-nb.ts'
import { draginoCpn01Nb } from './dragino/cpn01-nb.ts'
import { draginoModels, readDraginoHeader } from './dragino/envelope.ts'
import { draginoSw3lNb } from './dragino/sw3l-nb.ts'
import { elkoAirtmNb } from './elko/airtm-nb.ts'
import { icemeterPulse } from './icemeter/pulse.ts'
import type { Profile } from './profile.ts'

const all: readonly Profile[] = [
  ...adeunisPulseProfiles,
  adeunisPulseLegacy,
  icemeterPulse,
  adeunisPulseNbiot,
  draginoSw3lNb,
  draginoCpn01Nb,
  draginoCpl03Nb,
  elkoAirtmNb,
]

/** Every profile by its name, as the registry writes it. */
export const profiles: ReadonlyMap<string, Profile> = new Map(all.map((profile) => [profile.name, profile]))

const draginoProfiles: ReadonlyMap<number, Profile> = new Map([
  [draginoModels.sw3lNb, draginoSw3lNb],
  [draginoModels.cpn01Nb, draginoCpn01Nb],
  [draginoModels.cpl03Nb, draginoCpl03Nb],
])

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
    case 'elko-nb':
      return elkoAirtmNb.name
    case 'dragino-nb':
      return draginoProfile(payload)
  }
}

const draginoProfile = (payload: Uint8Array): string | null => {
  const header = readDraginoHeader(payload)
  return typeof header === 'string' ? null : (draginoProfiles.get(header.model)?.name ?? null)
}
