import type { Profile } from '../profile.ts'
import { icemeterPulse } from './pulse.ts'

/** BitID ICEmeter: a pulse counter that sends by Sigfox. */
export const icemeterProfiles: readonly Profile[] = [icemeterPulse]
