import { expect } from 'vitest'
import vectors from '../../../vectors/dragino.json' with { type: 'json' }

export type Stated = Record<string, unknown>
const litresOf = (stated: unknown) => (typeof stated === 'number' ? expect.closeTo(stated, 6) : stated)

const same = 'imei imsi signal alarm mod pulsesPerLitre totalPulses calculateFlag contactStatus lastOpenDuration count'
const sameNames = new Set([...same.split(' '), 'lastOpenTime', 'status'])

/** What a vector states, under the names and in the units of our fields; a name not listed here fails the test. */
const terms: Record<string, (value: never) => Stated> = {
  version: ({ raw, model, firmware }: { raw: number; model: number; firmware: string }) => {
    expect(raw).toBe(model * 256 + Number(firmware.replaceAll('.', '')))
    return { model, firmwareHundredths: raw % 256 }
  },
  battery_mV: (batteryMillivolts) => ({ batteryMillivolts }),
  PA4: (pa4) => ({ pa4 }),
  PB15: (pb15) => ({ pb15 }),
  litres: (litres) => ({ litres: litresOf(litres) }),
  time: (time) => ({ timeSeconds: Date.parse(time) / 1000 }),
  history: (records: Stated[]) => ({ history: records.map(inOurTerms) }),
  // remarks: tests say what they mean
  flag: () => ({}),
  note: () => ({}),
}

export const inOurTerms = (stated: Stated): Stated =>
  Object.assign(
    {},
    ...Object.entries(stated).map(([name, value]) => {
      if (sameNames.has(name)) return { [name]: value }
      const term = terms[name]
      if (term === undefined) throw new Error(`no term for the vector's ${name}: say which of our fields it is`)
      return term(value as never)
    }),
  )

export const vector = (id: string): { hex: string; stated: Stated } => {
  const found = vectors.vectors.find((candidate) => candidate.id === id)
  if (found === undefined) throw new Error(`no vector is named ${id}`)
  return { hex: found.hex, stated: found.decoded as Stated }
}

export const hexOf = (id: string): string => vector(id).hex
