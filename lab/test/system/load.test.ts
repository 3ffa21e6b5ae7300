import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assemblyOf } from '../../../test/support/assembly.ts'
import { eventually, type RunningLocal, startWhole, temporaryFolder } from '../../../test/support/local.ts'
import type { LoadResult } from '../../load/result/result.ts'

const folder = temporaryFolder()
let whole: RunningLocal
beforeAll(async () => {
  whole = await startWhole(folder.path, { timeScale: 180, assemblyFolder: await assemblyOf() })
})
afterAll(async () => {
  await whole?.stop()
  folder.remove()
})

interface Run {
  readonly child: ChildProcess
  readonly said: () => string
  /** The exit code, and the result where one was written. */
  readonly ended: Promise<{ code: number | null; result: LoadResult }>
}

let runs = 0
/** Runs `npm run load` as a person would. */
const load = (...args: string[]): Run => {
  const json = join(folder.path, `load-${runs++}.json`)
  const child = spawn(process.execPath, ['lab/load/main.ts', ...args, '--json', json], {
    cwd: join(import.meta.dirname, '../../..'),
    env: { ...process.env, LOAD_TOKEN: 'local' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const ended = once(child, 'close').then(([code]) => {
    if (!existsSync(json)) throw new Error(`no result: ${said}`)
    return { code: code as number | null, result: JSON.parse(readFileSync(json, 'utf8')) as LoadResult }
  })
  return { child, said: () => said, ended }
}

const doorsOf = (udpPort: number) => [
  ...['--http', whole.httpUrl, '--api', whole.httpUrl, '--metrics', whole.gatewayUrl],
  ...['--udp', `127.0.0.1:${udpPort}`, '--token-env', 'LOAD_TOKEN'],
]
const seconds = (count: number) => ['--minutes', String(count / 60)]

test('a run that starts its own system and kills in it loses nothing, and every message has its fate', async () => {
  const assembly = await assemblyOf()
  const faults = 'kill:raw-worker@1s,kill:pulse-worker@2s,kill:gateway@3s'
  const args = ['--devices', '1440000', ...seconds(5), '--sigfox-batches', '--seed', '7', '--assembly', assembly]
  const run = load(...args, '--faults', faults, '--time-scale', '180')
  const { code, result } = await run.ended
  const { sent, accepted, refused, unknown, stored, readings, lost, unexpected, duplicated, misread } = result
  expect({ lost, unexpected, duplicated, misread }, run.said()).toEqual({
    lost: 0,
    unexpected: 0,
    duplicated: 0,
    misread: 0,
  })
  expect(result.conservation.filter(({ holds }) => !holds)).toEqual([])
  expect(code).toBe(0)
  expect(accepted + refused + unknown).toBe(sent)
  expect(sent).toBeGreaterThan(1_900)
  expect(stored).toBeGreaterThanOrEqual(accepted)
  expect(readings).toBeGreaterThan(2 * stored)
  expect(result.faults.map(({ kind, target }) => `${kind} ${target}`).sort()).toEqual([
    'kill gateway',
    'kill pulse-worker',
    'kill raw-worker',
  ])
  for (const stage of ['gateway', 'callback', 'rawWorker', 'pulseWorker', 'database', 'busEmulator', 'runner'])
    expect(result.cpuMicrosPerMessage[stage], stage).toBeGreaterThan(0)
  expect(result.endToEndMs.p50).toBeGreaterThan(0)
  // how old depends on what a worker held when it was killed
  for (const stage of ['raw', 'pulse'] as const)
    expect(Math.max(...result.timeline.map((one) => one.oldestPackMs?.[stage] ?? 0)), stage).toBeGreaterThan(0)
  expect(result.sender.cores).toBeGreaterThan(0)
})

/** Passes datagrams on, and swallows one of twenty. */
const startSwallower = async (): Promise<Socket> => {
  const socket = createSocket('udp4')
  let count = 0
  socket.on('message', (bytes) => {
    if (count++ % 20 > 0) socket.send(bytes, whole.udpPort, '127.0.0.1')
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

test('datagrams that vanish on the way are found lost, one by one, and the exit code says so', async () => {
  const swallower = await startSwallower()
  try {
    const args = ['--devices', '3600', ...seconds(3), '--speed', '200', '--share', 'sigfox=20', '--seed', '11']
    const run = load(...args, ...doorsOf(swallower.address().port))
    const { code, result } = await run.ended
    expect(code).toBe(1)
    expect(result.lost).toBeGreaterThan(10)
    expect(result.lost).toBeLessThan(60)
    expect({ unexpected: result.unexpected, misread: result.misread }).toEqual({ unexpected: 0, misread: 0 })
    expect(result.conservation.filter(({ holds }) => !holds).map(({ check }) => check)).toEqual([
      'datagrams sent = received + dropped by the kernel',
    ])
    expect(run.said()).toMatch(/Not every message is accounted for: \d+ lost/)
  } finally {
    swallower.close()
  }
})

test('Ctrl-C ends the sending; what was sent is accounted for, and the ledger is kept', async () => {
  const run = load(
    '--devices',
    '360000',
    '--minutes',
    '10',
    '--sigfox-batches',
    '--seed',
    '13',
    ...doorsOf(whole.udpPort),
  )
  await eventually(() => (run.said().includes(' stored') ? true : undefined))
  await pause(1_500)
  run.child.kill('SIGINT')
  const { code, result } = await run.ended
  expect(code).toBe(130)
  expect(result.lost + result.unexpected + result.misread).toBe(0)
  expect(result.sent).toBeLessThan(2_000)
  const path = /ledger of what was sent is in (\S+)/.exec(run.said())?.[1] ?? ''
  const [head = ''] = readFileSync(path, 'latin1').split('\n')
  const answers = readFileSync(path).subarray(head.length + 1)
  expect(JSON.parse(head)).toMatchObject({ seed: 13, devices: 360_000 })
  expect(answers.length).toBe(60_000)
  expect(answers.filter((answer) => answer > 0).length).toBeGreaterThan(50)
  rmSync(path)
})

test('a system that is not there is one sentence', async () => {
  const run = load('--devices', '10', '--minutes', '1', ...doorsOf(9), '--http', 'http://127.0.0.1:9')
  await expect(run.ended).rejects.toThrow(/--http http:\/\/127\.0\.0\.1:9 does not answer/)
})
