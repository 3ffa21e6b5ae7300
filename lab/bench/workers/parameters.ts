import { type Row, valuesOf } from '../../../adapters/postgres/told/write.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import type { Cell } from '../../text/table.ts'
import { sigfoxData as fleet, logOf } from '../fleet.ts'
import { type Cost, costOf } from '../measure/cost.ts'
import { openBenchDatabase } from '../measure/database.ts'
import { median, type Part } from '../measure/part.ts'
import { insertOfArrays, rowsOf } from './floors.ts'

const rounds = 15
const batch = 500

const insertOfOne = `
  INSERT INTO told (hour, device_id, message_id, received_at, told)
  VALUES ($1::smallint, $2::text, $3::uuid, $4::timestamptz, $5::bytea)`

const textsOf = ({ hour, deviceId, messageId, receivedAtMs, told }: Row) => [
  hour,
  deviceId,
  messageId,
  new Date(receivedAtMs).toISOString(),
  told,
]

/** pg writes arrays as text, the packed bytes in hex. */
const arraysOfTexts = (rows: readonly Row[]) => {
  const values = rows.map((row) => textsOf({ ...row, told: Buffer.from(row.told) }))
  return (values[0] ?? []).map((_, column) => values.map((row) => row[column]))
}

/** The same rows into the same table, passed in three ways. */
export const parameters: Part = async (progress) => {
  const database = await openBenchDatabase()
  const { worker, observer } = database
  const ways: readonly [string, (rows: readonly Row[]) => Promise<unknown>][] = [
    [
      'a statement a row, one transaction',
      async (rows) => {
        await worker.query('BEGIN')
        for (const row of rows) await worker.query(insertOfOne, textsOf(row))
        await worker.query('COMMIT')
      },
    ],
    ['one statement, arrays as text', (rows) => worker.query(insertOfArrays, arraysOfTexts(rows))],
    ['one statement, binary arrays', (rows) => worker.query(insertOfArrays, valuesOf(rows))],
  ]
  try {
    progress('parameters: rows handed over in three ways')
    const next = logOf(fleet)
    const costs = new Map<string, Cost[]>(ways.map(([name]) => [name, []]))
    for (let round = 0; round < rounds; round++)
      for (const [name, write] of ways) {
        const rows = rowsOf(fleet, next(batch) as Uplink[])
        costs.get(name)?.push(await costOf(observer, () => write(rows)))
      }
    const rows = [...costs].map(([name, all]): Cell[] => {
      const middle = (of: (cost: Cost) => number) => median(all.slice(5).map(of)) / batch
      const [node, server] = [middle((cost) => cost.nodeMicros), middle((cost) => cost.serverMicros)]
      return [name, node, server, node + server]
    })
    return [
      {
        title: `Handing rows of ${batch.toLocaleString('en')} messages to PostgreSQL: CPU a row`,
        columns: ['how', 'Node µs', 'PostgreSQL µs', 'both'],
        rows,
        notes: [`The middle of ${rounds - 5} rounds after five to warm up, the three ways in turn.`],
      },
    ]
  } finally {
    await database.close()
  }
}
