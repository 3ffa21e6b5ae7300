import type pg from 'pg'
import type { Profile } from '../../../core/devices/profile.ts'
import { type MessageId, timeOfId, unclockedMs } from '../../../core/message/identity.ts'
import type { UplinkKind } from '../../../core/message/lane.ts'
import { milliseconds } from '../sql/rows.ts'
import { nextDeviceId } from '../tables/devices.ts'

/** A device that talks and is in no registration. */
export interface UnknownDevice {
  readonly deviceId: string
  readonly messages: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** The profiles that decode each of its messages; of several, its frames do not tell which. */
  readonly profiles: readonly string[]
}

// The next id in each index that begins with the id. A device of which nothing was rejected, told or read has not been
// decoded yet: it comes up a moment later.
const unknownIds = `
  WITH RECURSIVE known (device_id, is_known, n) AS (
    SELECT $1::text COLLATE "C", true, 0
    UNION ALL
    SELECT next.device_id, EXISTS (SELECT FROM device d WHERE d.device_id = next.device_id), known.n + 1
    FROM known, LATERAL (SELECT ${nextDeviceId('known.device_id', ['reading_device', 'event', 'reject'])} AS device_id) AS next
    WHERE next.device_id IS NOT NULL AND known.n < $2
  )
  SELECT device_id, is_known FROM known WHERE n > 0 ORDER BY n`

interface Frame {
  id: MessageId
  device_id: string
  kind: UplinkKind
  received_at: number
  payload: Buffer
}

const frames = `
  SELECT id, device_id, kind, ${milliseconds('received_at')} AS received_at, payload
  FROM message WHERE device_id = ANY($1)`

const atMs = ({ id, received_at }: Frame) => (timeOfId(id) === unclockedMs ? received_at : timeOfId(id))

const decodes = (profile: Profile, { kind, payload }: Frame) =>
  profile.uplinkKind === kind && typeof profile.decode(payload, { samplePeriodSeconds: null }) !== 'string'

const unknownOf = (deviceId: string, sent: readonly Frame[], profiles: ReadonlyMap<string, Profile>): UnknownDevice => {
  const times = sent.map(atMs)
  const fits = [...profiles.values()].filter((profile) => sent.every((frame) => decodes(profile, frame)))
  return {
    deviceId,
    messages: sent.length,
    firstAtMs: times.reduce((a, b) => Math.min(a, b)),
    lastAtMs: times.reduce((a, b) => Math.max(a, b)),
    profiles: fits.map(({ name }) => name),
  }
}

/** Unknown devices among the next `limit` that left anything, and where to go on; null at the end. */
export const unknownDevices = async (
  pool: pg.Pool,
  profiles: ReadonlyMap<string, Profile>,
  { after, limit }: { after: string; limit: number },
): Promise<{ devices: UnknownDevice[]; next: string | null }> => {
  const { rows } = await pool.query<{ device_id: string; is_known: boolean }>(unknownIds, [after, limit])
  const ids = rows.filter(({ is_known }) => !is_known).map(({ device_id }) => device_id)
  const sent = ids.length === 0 ? [] : (await pool.query<Frame>(frames, [ids])).rows
  const byDevice = Map.groupBy(sent, (frame) => frame.device_id)
  const devices = ids.flatMap((id) => {
    const own = byDevice.get(id)
    // what was refused before it was stored may name a device as well
    return own ? [unknownOf(id, own, profiles)] : []
  })
  return { devices, next: rows.length < limit ? null : (rows.at(-1)?.device_id ?? null) }
}
