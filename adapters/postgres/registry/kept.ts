import type pg from 'pg'
import type { MessageId } from '../../../core/message/identity.ts'
import type { LastReading, OpenRejects, RegistryStore } from '../../../core/registry/store.ts'
import { milliseconds } from '../sql/rows.ts'
import { loadMessages } from '../tables/message-rows.ts'

export const lastReadings =
  (pool: pg.Pool): RegistryStore['lastReadings'] =>
  async (deviceId) => {
    const { rows } = await pool.query<LastReading>(
      `SELECT DISTINCT ON (channel) channel, ${milliseconds('read_at')} AS "readAtMs", index::float8 AS index, quality
       FROM reading WHERE device_id = $1 ORDER BY channel, read_at DESC`,
      [deviceId],
    )
    return rows
  }

export const openRejects =
  (pool: pg.Pool): RegistryStore['openRejects'] =>
  async (deviceId) => {
    const { rows } = await pool.query<OpenRejects>(
      `SELECT reason, count(*)::int AS count FROM reject WHERE device_id = $1 AND resolved_at IS NULL
       GROUP BY reason ORDER BY reason`,
      [deviceId],
    )
    return rows
  }

export const hasEvents =
  (pool: pg.Pool): RegistryStore['hasEvents'] =>
  async (deviceId) => {
    const { rowCount } = await pool.query('SELECT FROM event WHERE device_id = $1 LIMIT 1', [deviceId])
    return rowCount === 1
  }

export const lastConfigurations =
  (pool: pg.Pool): RegistryStore['lastConfigurations'] =>
  async (deviceId) => {
    const { rows } = await pool.query<{ id: MessageId; atMs: number }>(
      `SELECT DISTINCT ON (value) message_id AS id, ${milliseconds('at')} AS "atMs" FROM event
       WHERE device_id = $1 AND kind = 'configuration' ORDER BY value, at DESC`,
      [deviceId],
    )
    const times = new Map(rows.map(({ id, atMs }) => [id, atMs]))
    const messages = await loadMessages(pool, [...times.keys()].sort())
    return messages.map((message) => ({ message, atMs: times.get(message.id) ?? 0 }))
  }
