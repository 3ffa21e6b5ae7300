import type pg from 'pg'
import type { ApiStore, FlowRow } from '../../../core/api/store.ts'
import type { Lane } from '../../../core/message/lane.ts'
import { exactInteger } from './columns.ts'

const counters = {
  received: 'raw_received',
  stored: 'raw_stored',
  duplicates: 'raw_duplicates',
  rejected: 'raw_rejected',
  pulseDecoded: 'pulse_decoded',
  pulseRejected: 'pulse_rejected',
  readings: 'readings',
} as const satisfies Record<Exclude<keyof FlowRow, 'lane'>, string>
type Counter = keyof typeof counters

const sums = Object.entries(counters).map(([name, column]) => `sum(${column}) AS "${name}"`)

export const flow =
  (pool: pg.Pool): ApiStore['flow'] =>
  async () => {
    const { rows } = await pool.query<{ lane: Lane } & Record<Counter, string>>(
      `SELECT lane, ${sums.join(', ')} FROM flow GROUP BY lane ORDER BY lane`,
    )
    return rows.map(({ lane, ...texts }) => {
      const counts = Object.entries(texts).map(([name, text]) => [name, exactInteger(text)])
      return { lane, ...(Object.fromEntries(counts) as Record<Counter, number>) }
    })
  }
