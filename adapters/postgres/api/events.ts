import type pg from 'pg'
import type { ApiStore } from '../../../core/api/store.ts'
import type { EventKind } from '../../../core/readings/events.ts'
import { beyond, exactInteger, lowest } from './columns.ts'

interface Columns {
  at: Date
  kind: EventKind
  channel: string
  value: string
}

export const eventsOf =
  (pool: pg.Pool): ApiStore['eventsOf'] =>
  async (deviceId, { fromMs, toMs, after, limit }) => {
    const [afterMs = null, kind = '', channel = '', value = 0] = (after ?? []) as [number?, string?, string?, number?]
    const { rows } = await pool.query<Columns>(
      `SELECT at, kind, channel, value FROM event
       WHERE device_id = $1 AND at >= $2 AND at < $3 AND (at, kind, channel, value) > ($4::timestamptz, $5, $6, $7)
       ORDER BY at, kind, channel, value LIMIT $8`,
      [deviceId, lowest(fromMs), beyond(toMs), lowest(afterMs), kind, channel, value, limit],
    )
    return rows.map((row) => ({
      atMs: row.at.getTime(),
      kind: row.kind,
      channel: row.channel,
      value: exactInteger(row.value),
    }))
  }
