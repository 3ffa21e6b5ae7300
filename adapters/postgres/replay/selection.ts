import type { Profile } from '../../../core/devices/profile.ts'
import { firstIdAt } from '../../../core/message/identity.ts'
import { laneOf } from '../../../core/message/lane.ts'
import type { RejectReason } from '../../../core/message/rejects.ts'
import { laneOfDevice } from '../tables/devices.ts'

/** Which devices are replayed, and which of their messages. What is null does not restrict. */
export interface Selection {
  readonly deviceId: string | null
  /** Devices with messages that are rejected for this reason; `any` for whatever reason. */
  readonly reason: RejectReason | 'any' | null
  readonly profile: string | null
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** The same for the same selection, whatever the order of its fields was. */
export const selectionText = ({ deviceId, reason, profile, fromMs, toMs }: Selection, dryRun: boolean): string =>
  JSON.stringify({ deviceId, reason, profile, fromMs, toMs, dryRun })

const rejected = (reason: string) => `
  SELECT device_id FROM reject
  WHERE stage = 'pulse' AND resolved_at IS NULL AND device_id IS NOT NULL AND ${reason} IN (reason, 'any')
  UNION
  SELECT m.device_id FROM reject r JOIN message m ON m.id = r.message_id
  WHERE r.reason = 'message_missing' AND r.resolved_at IS NULL AND ${reason} IN (r.reason, 'any')`

/** Every device of which anything is kept. */
const seen = "SELECT device_id FROM devices_behind('', 2147483647)"

/** Devices that may be decoded with a profile: by the registry, or unregistered ones by their datagram or by default. */
const mayUse = (profile: Profile, defaultProfile: string | null, parameter: (value: string) => string) =>
  profile.recognises !== undefined || profile.name === defaultProfile
    ? `SELECT device_id FROM (${seen}) AS s WHERE ${laneOfDevice('device_id')} = '${laneOf(profile.uplinkKind)}'`
    : `SELECT device_id FROM device WHERE profile = ${parameter(profile.name)}`

const inRange = (from: string, to: string, fromId: string, toId: string) => `
  SELECT device_id FROM message WHERE id >= ${fromId}::uuid AND id < ${toId}::uuid
  UNION
  SELECT device_id FROM message_unclocked WHERE received_at >= ${from} AND received_at < ${to}`

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const instant = (ms: number | null, otherwise: string) => (ms === null ? otherwise : new Date(ms).toISOString())

/** The statement that finds the devices of a selection, and its parameters from `$2` on. */
export const devicesStatement = (
  { deviceId, reason, profile, fromMs, toMs }: Selection,
  profiles: ReadonlyMap<string, Profile>,
  defaultProfile: string | null,
): { text: string; values: unknown[] } => {
  const values: unknown[] = []
  const parameter = (value: unknown, type = 'text') => `$${values.push(value) + 1}::${type}`
  const sets: string[] = []
  if (deviceId !== null) sets.push(`SELECT ${parameter(deviceId)} COLLATE "C"`)
  if (reason !== null) sets.push(rejected(parameter(reason)))
  const known = profile === null ? undefined : profiles.get(profile)
  if (known) sets.push(mayUse(known, defaultProfile, parameter))
  if (sets.length === 0) {
    const from = parameter(instant(fromMs, '-infinity'), 'timestamptz')
    const to = parameter(instant(toMs, 'infinity'), 'timestamptz')
    const fromId = parameter(firstIdAt(fromMs ?? 0))
    sets.push(inRange(from, to, fromId, parameter(toMs === null ? lastId : firstIdAt(toMs))))
  }
  return { text: sets.map((set) => `(${set})`).join(' INTERSECT '), values }
}
