import type { Profile } from '../profile.ts'
import { elkoAirtmNb } from './airtm-nb.ts'

/** ELKO (iNELS): an NB-IoT pulse converter with an envelope of its own. */
export const elkoProfiles: readonly Profile[] = [elkoAirtmNb]
