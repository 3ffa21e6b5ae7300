import type { UplinkKind } from '../message/lane.ts'
import { adeunisProfiles } from './adeunis/index.ts'
import { draginoProfiles } from './dragino/index.ts'
import { elkoProfiles } from './elko/index.ts'
import { icemeterProfiles } from './icemeter/index.ts'
import type { Profile } from './profile.ts'

const all: readonly Profile[] = [...adeunisProfiles, ...icemeterProfiles, ...draginoProfiles, ...elkoProfiles]

/** Every profile by its name, as the registry writes it. */
export const profiles: ReadonlyMap<string, Profile> = new Map(all.map((profile) => [profile.name, profile]))

const byKind = Map.groupBy(all, ({ uplinkKind }) => uplinkKind)

/** The name of the profile that a datagram itself tells; null where it tells none, and for every Sigfox frame. */
export const profileOfDatagram = (kind: UplinkKind, payload: Uint8Array): string | null =>
  byKind.get(kind)?.find((profile) => profile.recognises?.(payload))?.name ?? null
