import { readingColumns } from '../../../adapters/postgres/tables/readings.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import type { Reading } from '../../../core/readings/reading.ts'
import type { Cell } from '../../text/table.ts'
import { sigfoxData as fleet, logOf } from '../fleet.ts'
import { type Cost, costOf } from '../measure/cost.ts'
import { openBenchDatabase } from '../measure/database.ts'
import { median, type Part } from '../measure/part.ts'
import { readingsOf } from './floors.ts'

const rounds = 15
const batch = 500

const statement = (source: string) => `
  INSERT INTO reading_open (device_id, channel, read_at, index, quality, received_at, message_id)
  SELECT device_id, channel, read_at, index, quality, received_at, message_id FROM ${source}
    AS t (device_id, channel, read_at, index, quality, received_at, message_id)
  ON CONFLICT DO NOTHING`

const arrays = statement(
  'unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::reading_quality[], $6::timestamptz[], $7::uuid[])',
)
const one = statement(
  '(VALUES ($1::text, $2::text, $3::timestamptz, $4::bigint, $5::reading_quality, $6::timestamptz, $7::uuid))',
)

const instantText = (ms: number) => new Date(ms).toISOString()
const valuesOf = (row: Reading) => [
  row.deviceId,
  row.channel,
  instantText(row.readAtMs),
  row.index,
  row.quality,
  instantText(row.receivedAtMs),
  row.messageId,
]

const textOf = (rows: readonly Reading[]) => {
  const values = rows.map(valuesOf)
  return (values[0] ?? []).map((_, column) => values.map((row) => row[column]))
}

/** The same rows into the same table, passed in three ways. */
export const parameters: Part = async (progress) => {
  const database = await openBenchDatabase()
  const { worker, observer } = database
  const ways: readonly [string, (rows: readonly Reading[]) => Promise<unknown>][] = [
    [
      'a statement a reading, one transaction',
      async (rows) => {
        await worker.query('BEGIN')
        for (const row of rows) await worker.query(one, valuesOf(row))
        await worker.query('COMMIT')
      },
    ],
    ['one statement, arrays as text', (rows) => worker.query(arrays, textOf(rows))],
    ['one statement, binary arrays', (rows) => worker.query(arrays, readingColumns(rows))],
  ]
  try {
    progress('parameters: rows handed over in three ways')
    const next = logOf(fleet)
    const costs = new Map<string, Cost[]>(ways.map(([name]) => [name, []]))
    for (let round = 0; round < rounds; round++)
      for (const [name, write] of ways) {
        const rows = (next(batch) as Uplink[]).flatMap((uplink) => readingsOf(fleet, uplink))
        costs.get(name)?.push(await costOf(observer, () => write(rows)))
      }
    const readings = batch * fleet.readingsAMessage
    const rows = [...costs].map(([name, all]): Cell[] => {
      const middle = (of: (cost: Cost) => number) => median(all.slice(5).map(of)) / readings
      const [node, server] = [middle((cost) => cost.nodeMicros), middle((cost) => cost.serverMicros)]
      return [name, node, server, node + server]
    })
    return [
      {
        title: `Handing ${readings.toLocaleString('en')} readings to PostgreSQL: CPU a reading`,
        columns: ['how', 'Node µs', 'PostgreSQL µs', 'both'],
        rows,
        notes: [`The middle of ${rounds - 5} rounds after five to warm up, the three ways in turn.`],
      },
    ]
  } finally {
    await database.close()
  }
}
