import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool } from '../../support/command.ts'
import { replay as takeIn } from '../../support/pipeline.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openDatabase()
})
afterAll(() => database.close())

const devices = (args: readonly string[]) => runTool('devices', args, { DATABASE_URL: database.url })

test('show prints the last configuration of each sort that the device sent, with its sample period', async () => {
  const now = Math.floor(Date.now() / 1000)
  const frame = (seconds: number, samplePeriod: string) =>
    sigfoxUplink(10, now - seconds, 0, { payload: Buffer.from(`1000010018aa${samplePeriod}aa0001`, 'hex') })
  const network = sigfoxUplink(10, now - 30, 0, { payload: Buffer.from('20820501', 'hex'), seqNumber: 7 })
  await takeIn(database.pool, 'sigfox', [frame(60, '0708'), frame(7_200, '0001'), network])
  const { stdout } = await devices(['show', 'C0000A'])
  expect(stdout).toContain(
    `configuration as the device sent it at ${new Date((now - 60) * 1000).toISOString().slice(0, 19)}Z`,
  )
  expect(stdout).toMatch(/^ {2}samplePeriodSeconds +3600$/m)
  expect(stdout).toMatch(/^ {2}loraClass +A$/m)
})
