import type pg from 'pg'
import { cpuNanos } from './cost.ts'

/** CPU microseconds of PostgreSQL by statement, on the worker's one connection. */
export const watchStatements = async (pool: pg.Pool) => {
  const micros = new Map<string, number>()
  const client = (await pool.connect()) as pg.PoolClient & { readonly processID: number }
  const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>
  const watched = async (...given: unknown[]) => {
    const before = cpuNanos(client.processID)
    try {
      return await query(...given)
    } finally {
      const name = nameOf(String(given[0]))
      micros.set(name, (micros.get(name) ?? 0) + (cpuNanos(client.processID) - before) / 1000)
    }
  }
  Object.assign(client, { query: watched })
  client.release()
  return micros
}

/** The table that a statement writes to, or else reads. */
const nameOf = (statement: string): string => {
  const [, verb = '', table = ''] =
    /(INSERT INTO|UPDATE(?! SET)|DELETE FROM|FROM|JOIN) (\w+)\b(?!\()/.exec(statement) ?? []
  return table === '' ? statement : `${verb} ${table}`
}
