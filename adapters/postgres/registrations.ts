import type pg from 'pg'
import { timeOfId, unclockedMs } from '../../core/identity.ts'
import type { Message, StoredMessage } from '../../core/ports.ts'
import { texts } from './arrays.ts'
import { milliseconds } from './rows.ts'

interface Registration {
  readonly valid_from: number
  readonly profile: string
  readonly sample_period_seconds: number | null
}

/** Adds to each message what the registry says of its device at the instant the message speaks of. */
export const withRegistrations = async (pool: pg.Pool, messages: readonly Message[]): Promise<StoredMessage[]> => {
  const devices = [...new Set(messages.map(({ deviceId }) => deviceId))]
  const { rows } = await pool.query<Registration & { device_id: string }>(
    `SELECT device_id, ${milliseconds('valid_from')} AS valid_from, profile, sample_period_seconds
     FROM device WHERE device_id = ANY($1::text[]) ORDER BY device_id, valid_from DESC`,
    [texts(devices)],
  )
  const newestFirst = Map.groupBy(rows, (row) => row.device_id)
  return messages.map((message): StoredMessage => {
    const timeMs = timeOfId(message.id) === unclockedMs ? message.receivedAtMs : timeOfId(message.id)
    const found = newestFirst.get(message.deviceId)?.find(({ valid_from }) => valid_from <= timeMs)
    return {
      ...message,
      profile: found?.profile ?? null,
      samplePeriodSeconds: found?.sample_period_seconds ?? null,
    }
  })
}
