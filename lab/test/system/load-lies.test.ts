import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { timedId } from '../../../core/message/identity.ts'
import { assemblyOf } from '../../../test/support/assembly.ts'
import { eventually, type RunningLocal, startWhole, temporaryFolder } from '../../../test/support/local.ts'
import { drain, readBack } from '../../ledger/read-back.ts'
import { openAccount } from '../../load/measure/account.ts'
import { createLoadFleet } from '../../load/plan/fleet.ts'
import { startSecondsOf } from '../../load/plan/plan.ts'
import type { LoadResult } from '../../load/result/result.ts'
import type { Slice } from '../../load/sender/messages.ts'
import { startSender } from '../../load/sender/start.ts'
import { planOf } from '../load/plans.ts'
import { type Found, lies } from './lies.ts'

/** Whoever promises that none is lost is lied to: by the database, by the bus, by the way. */
const folder = temporaryFolder()
let whole: RunningLocal
let database: pg.Client
beforeAll(async () => {
  whole = await startWhole(folder.path, { timeScale: 180, assemblyFolder: await assemblyOf() })
  database = new pg.Client(whole.databaseUrl)
  await database.connect()
  await sendFleet()
})
afterAll(async () => {
  await database?.end()
  await whole?.stop()
  folder.remove()
})

const startSeconds = startSecondsOf(Date.now(), 1, 600)
const plan = planOf({ devices: 3_600, seconds: 1, speed: 600, sigfoxBatches: true, startSeconds })
const fleet = createLoadFleet(plan)
const slices: Slice[] = []

/** A fleet that is sent once, for all the lies that are told of it. */
const sendFleet = async () => {
  const { httpUrl, udpPort } = whole
  const doors = { httpUrl, token: 'local', udpHost: '127.0.0.1', udpPort }
  await startSender({ plan, ...doors, beginsAtMs: Date.now() + 500 }, (slice) => slices.push(slice)).done
  await drain(httpUrl, { limitMs: 20_000, quietMs: 1_000 })
}

const faults = ['lost', 'unexpected', 'duplicated', 'misread'] as const

/** What a run would say of what is there now. */
const findNow = async (): Promise<Found & { stored: number }> => {
  const account = openAccount(fleet)
  for (const slice of slices) account.take(slice)
  account.confirmDatagrams([])
  await readBack(whole.httpUrl, account.ledger, fleet.isOurs)
  return account.ledger.verdict()
}

const none: Found = { lost: 0, unexpected: 0, duplicated: 0, misread: 0 }
test('what nobody touched is even', async () => {
  const { stored, lost, unexpected, duplicated, misread } = await findNow()
  expect({ lost, unexpected, duplicated, misread }).toEqual(none)
  expect(stored).toBeGreaterThan(400)
})

/** Frames with the indexes of both channels, so that a message has readings that no other one tells of. */
const isOfTwoIndexes = (number: number) => fleet.isSigfox(number) && fleet.frameHex(number).startsWith('46')
const sent = () => new Set(slices.flatMap(({ callbacks }) => [...callbacks]))
let next = 0
/** Device and instant of a message that no lie was told of yet. */
const honest = (): [device: string, at: Date] => {
  const number = [...sent()].filter(isOfTwoIndexes)[next++] ?? 0
  return [fleet.deviceIdOf(number), new Date(fleet.timeOf(number) * 1_000)]
}
test.each(lies)('a lie is found: %s', async (_lie, sql, found) => {
  const before = await findNow()
  const { rowCount } = await database.query(sql, honest())
  expect(rowCount).toBe(1)
  const after = await findNow()
  expect(Object.fromEntries(faults.map((name) => [name, after[name] - before[name]]))).toEqual({ ...none, ...found })
})

test('a message that was never sent is unexpected, though its device might have sent it', async () => {
  const before = await findNow()
  const number =
    Array.from({ length: fleet.hourly }, (_, one) => one).find((one) => isOfTwoIndexes(one) && !sent().has(one)) ?? -1
  const id = timedId(fleet.timeOf(number) * 1_000, '7'.repeat(64))
  const payload = Buffer.from(fleet.payloadHex(number), 'hex')
  await database.query(`INSERT INTO message VALUES ($1, now(), 0, 'sigfox-data', $2, $3)`, [
    id,
    fleet.deviceIdOf(number),
    payload,
  ])
  expect((await findNow()).unexpected - before.unexpected).toBe(1)
})

let runs = 0
/** Runs `npm run load` for a second as a person would; `allSent` is told when nothing is sent any more. */
const load = async (
  seed: number,
  share: number,
  udp: string,
  allSent: () => Promise<unknown> = async () => undefined,
) => {
  const json = join(folder.path, `lied-${runs++}.json`)
  const doors = [
    '--http',
    whole.httpUrl,
    '--api',
    whole.httpUrl,
    '--metrics',
    whole.gatewayUrl,
    '--token-env',
    'LOAD_TOKEN',
  ]
  const fleet = [
    '--devices',
    '3600',
    '--minutes',
    String(1 / 60),
    '--speed',
    '600',
    '--share',
    `sigfox=${share}`,
    '--seed',
    String(seed),
  ]
  const args = [...fleet, '--profile', 'dragino-sw3l-nb', ...doors, '--udp', udp, '--i-own-this', '--json', json]
  const child = spawn(process.execPath, ['lab/load/main.ts', ...args], {
    cwd: join(import.meta.dirname, '../../..'),
    env: { ...process.env, LOAD_TOKEN: 'local' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [said, lied] = ['', null as Promise<unknown> | null]
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
      if (lied === null && said.includes('all sent')) lied = allSent()
    })
  const [code] = await once(child, 'close')
  await lied
  const result = JSON.parse(readFileSync(json, 'utf8')) as LoadResult
  return { code, said, result, broken: result.conservation.filter(({ holds }) => !holds).map(({ check }) => check) }
}
const onLoopback = () => `127.0.0.1:${whole.udpPort}`

/** Takes a pack from the queue of a lane's raw worker, as if it had been handled. */
const stealPack = () =>
  eventually(async () => {
    const mapping = whole.plan.queueMappings.find(({ queueArn }) => /raw/i.test(queueArn) && /nbiot/i.test(queueArn))
    const QueueUrl = mapping?.queueUrl ?? ''
    const { Messages = [] } = await whole.sqs<{ Messages?: { ReceiptHandle: string }[] }>('ReceiveMessage', {
      QueueUrl,
    })
    for (const { ReceiptHandle } of Messages) await whole.sqs('DeleteMessage', { QueueUrl, ReceiptHandle })
    return Messages.length > 0 ? true : undefined
  })

test('a row that is dropped while a run drains, and a pack that is stolen from the bus, are lost, and the exit code says so', async () => {
  const ids = createLoadFleet(planOf({ devices: 3_600, seconds: 1, speed: 600, sigfoxShare: 100, seed: 41 }))
  const devices = Array.from({ length: ids.hourly }, (_, number) => ids.deviceIdOf(number))
  const dropRow = () =>
    eventually(async () => {
      const { rowCount } = await database.query(
        'DELETE FROM message WHERE id = (SELECT id FROM message WHERE device_id = ANY ($1) LIMIT 1)',
        [devices],
      )
      return rowCount === 1 ? true : undefined
    })
  const [stolen, dropped] = await Promise.all([
    Promise.all([load(42, 0, onLoopback()), stealPack()]).then(([run]) => run),
    load(41, 100, onLoopback(), dropRow),
  ])
  expect(dropped.result.lost, dropped.said).toBe(1)
  expect(stolen.result.lost, stolen.said).toBeGreaterThan(0)
  expect([dropped.code, stolen.code]).toEqual([1, 1])
})

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

/** Passes datagrams on from an address of this machine that is not loopback, and swallows one of twenty. */
const startWay = async (address: string) => {
  const socket = createSocket('udp4')
  let count = 0
  socket.on('message', (bytes) => {
    if (count++ % 20 > 0) socket.send(bytes, whole.udpPort, '127.0.0.1')
  })
  socket.bind(0, address)
  await once(socket, 'listening')
  return socket
}

test.skipIf(elsewhere === undefined)('what vanishes on the way to another machine is unknown, not lost', async () => {
  const way = await startWay(elsewhere ?? '')
  try {
    const udp = `${elsewhere}:${way.address().port}`
    const { code, result, broken, said } = await load(43, 20, udp)
    expect({ code, broken, lost: result.lost }, said).toEqual({ code: 0, broken: [], lost: 0 })
    const nowhere = result.accepted + result.unknown - result.stored
    expect(nowhere).toBeGreaterThan(10)
    expect(result.unknown).toBeGreaterThan(nowhere)
  } finally {
    way.close()
  }
})
