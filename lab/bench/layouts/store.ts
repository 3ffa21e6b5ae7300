import type pg from 'pg'
import { bigints, instants, texts, uuids, words } from '../../../adapters/postgres/sql/arrays.ts'
import type { Uplink } from '../../../core/message/uplink.ts'
import { mergeAll } from '../../../core/readings/merge.ts'
import type { Fleet } from '../fleet.ts'
import type { BenchDatabase } from '../measure/database.ts'
import { readingsOf } from '../workers/floors.ts'
import { columns, type Layout } from './layouts.ts'

/** A layout at work, with all that is measured of it. */
export interface Store {
  readonly name: string
  readonly tables: readonly string[]
  /** What is kept, reading by reading, with the `columns` of a layout. */
  readonly view: string
  readonly make: () => Promise<unknown>
  /** Keeps what the fleet told in a round. */
  readonly fill: (round: number) => Promise<unknown>
  /** What the pulse worker does with a batch once it is decoded: made here, measured when it is called. */
  readonly write: (fleet: Fleet, uplinks: readonly Uplink[]) => () => Promise<unknown>
  /** Moves the readings of a day to where they stay; null where nothing is to be done. @param day seconds since 1970 */
  readonly close: ((day: number) => Promise<unknown>) | null
  /** Reads what the API shows of a device. */
  readonly read: (deviceId: string, from: Date, to: Date) => Promise<unknown>
  /** The statement that finds it, of device $1 from $2 until $3. */
  readonly found: string
  readonly drop: () => Promise<unknown>
}

const source = `unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::reading_quality[], $6::timestamptz[],
  $7::uuid[]) AS given (${columns})`

const dayText = (second: number) => new Date(second * 1000).toISOString().slice(0, 10).replaceAll('-', '')

const runEach = async (pool: pg.Pool, statements: readonly string[]) => {
  for (const statement of statements) await pool.query(statement)
}

/** A layout that PostgreSQL merges into, statement by statement. */
export const statementStore = ({ worker }: BenchDatabase, layout: Layout): Store => {
  const { name, tables, view, ddl, merge, close, month } = layout
  const fill = merge('(SELECT * FROM fleet_reading WHERE round = $1) AS given')
  const write = merge(source)
  return {
    name,
    tables,
    view,
    make: () => worker.query(ddl),
    fill: (round) => worker.query(fill, [round]),
    write: (fleet, uplinks) => {
      const readings = uplinks.flatMap((uplink) => readingsOf(fleet, uplink))
      return () => {
        const { readings: best } = mergeAll(readings)
        return worker.query(write, [
          texts(best.map((row) => row.deviceId)),
          texts(best.map((row) => row.channel)),
          instants(best.map((row) => row.readAtMs)),
          bigints(best.map((row) => row.index)),
          words(best.map((row) => row.quality)),
          instants(best.map((row) => row.receivedAtMs)),
          uuids(best.map((row) => row.messageId)),
        ])
      }
    },
    close: close('').length === 0 ? null : (day) => runEach(worker, close(dayText(day))),
    read: (deviceId, from, to) => worker.query(month, [deviceId, from, to]),
    found: month,
    drop: () =>
      runEach(
        worker,
        tables.map((table) => `DROP TABLE ${table}`),
      ),
  }
}
