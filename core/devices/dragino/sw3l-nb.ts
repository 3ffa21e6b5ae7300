import { u8, u16, u32 } from '../frame-reader.ts'
import type { Profile } from '../profile.ts'
import { alarmEvents, draginoProfile, historyOf, measuredAt } from './datagram.ts'
import { draginoModels } from './envelope.ts'

/** Where the fields of the main record stand. */
const at = { pa4: 0, pb15: 1, alarm: 2, mod: 3, kFactor: 4, totalPulses: 6 } as const
const historyBytes = 8

/** The Dragino SW3L-NB water flow sensor: one counter; the earlier records have their own times. */
export const draginoSw3lNb: Profile = draginoProfile(
  { name: 'dragino-sw3l-nb', code: 10, revision: 1 },
  draginoModels.sw3lNb,
  (datagram) => {
    const { bytes, recordAt, timeSeconds } = datagram
    const alarm = u8(bytes, recordAt + at.alarm)
    const pulsesPerLitre = u16(bytes, recordAt + at.kFactor)
    const totalPulses = u32(bytes, recordAt + at.totalPulses)
    // The factor may be 0; then the litres are unknown.
    const litresOf = (pulses: number) => (pulsesPerLitre === 0 ? null : pulses / pulsesPerLitre)
    const history = historyOf(
      datagram,
      historyBytes,
      (from) => ({ totalPulses: u32(bytes, from), timeSeconds: u32(bytes, from + 4) }),
      (record) => record.totalPulses,
    )
    return {
      fields: () => ({
        pa4: u8(bytes, recordAt + at.pa4),
        pb15: u8(bytes, recordAt + at.pb15),
        alarm,
        mod: u8(bytes, recordAt + at.mod),
        pulsesPerLitre,
        totalPulses,
        litres: litresOf(totalPulses),
        timeSeconds,
        history: history.map((record) => ({ ...record, litres: litresOf(record.totalPulses) })),
      }),
      indexes: [{ totalPulses, timeSeconds }, ...history].map((r) => measuredAt('A', r.totalPulses, r.timeSeconds)),
      events: alarmEvents(alarm),
    }
  },
)
