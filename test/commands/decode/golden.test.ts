import { expect, test } from 'vitest'
import { bytesOfHex } from '../../../commands/decode/hex.ts'
import { textOf } from '../../../commands/decode/print.ts'
import { profiles } from '../../../core/devices/index.ts'
import { profilesOf } from '../../core/devices/adeunis/terms.ts'
import adeunis from '../../vectors/adeunis.json' with { type: 'json' }
import dragino from '../../vectors/dragino.json' with { type: 'json' }
import others from '../../vectors/others.json' with { type: 'json' }

const samplePeriodSeconds = 3600
type Vector = readonly [id: string, profile: string | undefined, hex: string | undefined]

const draginoProfile = (id: string) =>
  id.startsWith('c-cpn01') ? 'dragino-cpn01-nb' : id.startsWith('c-cpl03') ? 'dragino-cpl03-nb' : 'dragino-sw3l-nb'
const otherProfiles: Record<string, string> = {
  'c-icemeter': 'icemeter-pulse@1',
  'c-elko-notification': 'elko-airtm-nb',
  'c-elko-heartbeat': 'elko-airtm-nb',
  'c-elko-tamper': 'elko-airtm-nb',
}

/** Each vector with a profile for it, the newest of several versions. Downlinks and devices out of scope have none. */
const vectors: Vector[] = [
  ...adeunis.vectors.map(({ id, variant, hex }): Vector => {
    const legacy = variant.startsWith('ARF8048PA') ? 'adeunis-pulse-legacy@1' : undefined
    return [id, profilesOf[variant]?.at(-1) ?? legacy, hex]
  }),
  ...adeunis.sequences.flatMap(({ id, frames }) =>
    frames.map((hex, k): Vector => [`${id} ${k}`, 'adeunis-pulse@2', hex]),
  ),
  ...dragino.vectors.map(({ id, hex }): Vector => [id, draginoProfile(id), hex]),
  ...others.vectors.map(({ id, hex }): Vector => [id, otherProfiles[id], hex]),
]

const sectionOf = ([id, name, hex]: Vector): string[] => {
  const profile = name === undefined ? undefined : profiles.get(name)
  if (profile === undefined || hex === undefined) return []
  return [`=== ${id}, ${profile.name}: ${hex}\n\n${textOf(profile, bytesOfHex(hex), { samplePeriodSeconds })}\n`]
}

test('every vector is printed as it was when its values were last compared with those it states', async () => {
  const sections = vectors.flatMap(sectionOf)
  await expect(sections.join('\n')).toMatchFileSnapshot('../../vectors/decoded.txt')
})
