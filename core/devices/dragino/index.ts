import type { Profile } from '../profile.ts'
import { draginoCpl03Nb } from './cpl03-nb.ts'
import { draginoCpn01Nb } from './cpn01-nb.ts'
import { draginoSw3lNb } from './sw3l-nb.ts'

/** Dragino: NB-IoT sensors that share an envelope. Its header names the model, and each model has a profile. */
export const draginoProfiles: readonly Profile[] = [draginoSw3lNb, draginoCpn01Nb, draginoCpl03Nb]
