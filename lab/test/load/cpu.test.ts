import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../../../local/engines/postgres.ts'
import { eventually, isAlive, temporaryFolder } from '../../../test/support/local.ts'
import { createCpuMeter } from '../../load/measure/cpu.ts'

const folder = temporaryFolder()
let server: Postgres
beforeAll(async () => {
  server = await startPostgres({ dataDir: folder.path })
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

const connect = async (user: string) => {
  const { host, port, password } = server
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  await client.connect()
  return client
}
const work = 'SELECT count(*) FROM generate_series(1, 8_000_000) AS n WHERE n % 7 = 3'

test('PostgreSQL’s work for the API counts as the API’s, while the backend runs and after it has ended', async () => {
  const owner = await connect(server.user)
  await owner.query(`CREATE ROLE sluice_reader LOGIN PASSWORD '${server.password}'`)
  const reader = await connect('sluice_reader')
  const { rows } = await reader.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const processes = { postgres: [server.pid] }
  const meter = createCpuMeter()
  meter.begin(processes)

  await reader.query(work)
  meter.look(processes)
  const { api = 0, database = 0 } = meter.seconds()
  expect(api).toBeGreaterThan(0)
  expect(database).toBeLessThan(api / 2)

  await reader.end()
  await eventually(() => (isAlive(rows[0]?.pid ?? 0) ? undefined : true))
  meter.look(processes)
  expect(meter.seconds().api).toBe(api)
  expect(meter.seconds().database).toBeLessThan(api / 2)

  await owner.query(work)
  meter.look(processes)
  expect(meter.seconds().database).toBeGreaterThan(api / 2)
  await owner.end()
})
