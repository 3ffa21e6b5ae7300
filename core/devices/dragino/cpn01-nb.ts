import { u8, u24, u32 } from '../frame-reader.ts'
import type { Profile } from '../profile.ts'
import { alarmEvents, draginoProfile, historyOf, measuredAt } from './datagram.ts'
import { draginoModels } from './envelope.ts'

/** Where the fields of the main record stand. */
const at = { mod: 0, calculateFlag: 1, contactStatus: 2, alarm: 3, totalPulses: 4, lastOpenDuration: 7 } as const
const historyBytes = 11

/** The Dragino CPN01 contact and pulse counter: one counter of 24 bits, which wraps to 0 after 16777215. */
export const draginoCpn01Nb: Profile = draginoProfile(
  { name: 'dragino-cpn01-nb', code: 9, revision: 1 },
  draginoModels.cpn01Nb,
  (datagram) => {
    const { bytes, recordAt, timeSeconds } = datagram
    const alarm = u8(bytes, recordAt + at.alarm)
    const totalPulses = u24(bytes, recordAt + at.totalPulses)
    const history = historyOf(
      datagram,
      historyBytes,
      (from) => ({
        contactStatus: u8(bytes, from),
        totalPulses: u24(bytes, from + 1),
        lastOpenDuration: u24(bytes, from + 4),
        timeSeconds: u32(bytes, from + 7),
      }),
      (record) => record.totalPulses,
    )
    return {
      fields: () => ({
        mod: u8(bytes, recordAt + at.mod),
        calculateFlag: u8(bytes, recordAt + at.calculateFlag),
        contactStatus: u8(bytes, recordAt + at.contactStatus),
        alarm,
        totalPulses,
        lastOpenDuration: u24(bytes, recordAt + at.lastOpenDuration),
        timeSeconds,
        history,
      }),
      indexes: [{ totalPulses, timeSeconds }, ...history].map((r) => measuredAt('A', r.totalPulses, r.timeSeconds)),
      events: alarmEvents(alarm),
    }
  },
)
