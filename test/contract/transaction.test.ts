import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../adapters/postgres/transaction.ts'
import { openDatabase, type TestDatabase } from '../support/postgres.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openDatabase()
})
afterAll(() => db.close())

test('a connection that is lost between two statements fails the transaction, not the process', async () => {
  const lost = inTransaction(db.pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await db.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await wait(100)
    return client.query('SELECT 1')
  })
  await expect(lost).rejects.toThrow(/not queryable|terminat/)
  expect(await inTransaction(db.pool, async () => 'next')).toBe('next')
})
