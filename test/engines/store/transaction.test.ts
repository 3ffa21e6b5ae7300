import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../../adapters/postgres/sql/transaction.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'

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

test('a row that another transaction holds for longer than one may wait is waited for again', async () => {
  await db.pool.query('CREATE TABLE held (id integer PRIMARY KEY)')
  const insert = 'INSERT INTO held VALUES (1) ON CONFLICT DO NOTHING'
  let tries = 0
  const holder = inTransaction(db.pool, async (client) => {
    await client.query(insert)
    await wait(600)
  })
  await wait(100)
  const second = inTransaction(db.pool, async (client) => {
    tries++
    await client.query("SET LOCAL lock_timeout = '200ms'")
    return (await client.query(insert)).rowCount
  })
  expect(await second).toBe(0)
  expect(tries).toBeGreaterThan(1)
  await holder
})
