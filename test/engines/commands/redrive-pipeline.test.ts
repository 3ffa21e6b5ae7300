import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueDepth } from '../../../local/bus/topics.ts'
import { queueUrl } from '../../../local/template/addresses.ts'
import { assemblyOf } from '../../support/assembly.ts'
import { runTool } from '../../support/command.ts'
import { imbalances, readFlow } from '../../support/flow.ts'
import { eventually, type RunningLocal, startWhole, temporaryFolder } from '../../support/local.ts'

const folder = temporaryFolder()
let local: RunningLocal
let database: pg.Client
beforeAll(async () => {
  // a pack is tried once a second
  local = await startWhole(folder.path, { timeScale: 180, assemblyFolder: await assemblyOf() })
  database = new pg.Client(local.databaseUrl)
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await local?.stop()
  folder.remove()
})

const source = 'ProcessRawDataSigfoxQueue'
const dead = 'ProcessRawDataSigfoxDeadLetters'
const depth = (name: string) => queueDepth(local.sqs, queueUrl(local.busUrl, name))

/** Gives a pack up after so many tries, instead of after six hours. */
const giveUpAfter = (tries: number) => {
  const [redrive] = local.plan.queues
    .filter(({ name }) => name === source)
    .map(({ attributes }) => attributes.RedrivePolicy)
  const RedrivePolicy = JSON.stringify({ ...JSON.parse(redrive ?? '{}'), maxReceiveCount: tries })
  return local.sqs('SetQueueAttributes', { QueueUrl: queueUrl(local.busUrl, source), Attributes: { RedrivePolicy } })
}

const shutOut = async (isOut: boolean) => {
  await database.query(`ALTER ROLE sluice_app ${isOut ? 'NO' : ''}LOGIN`)
  if (isOut) await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sluice_app'`)
}

const messages = 40
const start = Math.floor(Date.now() / 1000) - 100_000
const timeOf = (n: number) => start + n * 600
const post = async (n: number) => {
  const data = `4600${(1_000 + n).toString(16).padStart(8, '0')}${(2_000 + n).toString(16).padStart(8, '0')}`
  const response = await fetch(`${local.httpUrl}/sigfox/uplink`, {
    method: 'POST',
    headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
    body: JSON.stringify({ device: 'C0DE01', time: timeOf(n), seqNumber: n, data }),
  })
  expect(response.status).toBe(204)
}
const postAll = () => Promise.all(Array.from({ length: messages }, (_, n) => post(n)))
const stored = async () => (await readFlow(local.httpUrl)).sigfox.raw.stored

test('what became dead letters in an outage goes back and becomes readings, and what had been stored is not stored twice', async () => {
  await post(0)
  await post(1)
  await eventually(async () => ((await stored()) === 2 ? true : undefined))

  await giveUpAfter(1)
  await shutOut(true)
  await postAll()
  await eventually(
    async () => ((await depth(dead)) === messages && (await depth(source)) === 0 ? true : undefined),
    40_000,
  )
  expect(await stored()).toBe(2)

  await shutOut(false)
  await giveUpAfter(120)
  expect(await runTool('redrive', ['sigfox'], { DATA_DIR: folder.path })).toEqual({
    code: 0,
    stdout: `ProcessRawDataSigfox: ${messages} packs moved, 0 left\nProcessPulseDataSigfox: 0 packs moved, 0 left\n`,
    stderr: '',
  })

  const flow = await eventually(async () => {
    const now = await readFlow(local.httpUrl)
    return now.sigfox.raw.stored === messages && now.sigfox.pulse.decoded === messages ? now : undefined
  }, 40_000)
  expect(imbalances(flow)).toEqual([])
  expect(flow.sigfox.raw).toEqual({ received: messages + 2, stored: messages, duplicates: 2, rejected: 0 })
  const { rows } = await database.query<{ channel: string; index: string; read_at: Date }>(
    `SELECT channel, index, read_at FROM reading WHERE device_id = 'C0DE01' ORDER BY channel, read_at`,
  )
  const expected = (channel: string, first: number) =>
    Array.from({ length: messages }, (_, n) => `${channel} ${first + n} ${timeOf(n)}`)
  expect(rows.map(({ channel, index, read_at }) => `${channel} ${index} ${read_at.getTime() / 1000}`)).toEqual([
    ...expected('A', 1_000),
    ...expected('B', 2_000),
  ])
  expect(await depth(dead)).toBe(0)
})
