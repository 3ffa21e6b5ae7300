import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../lib/stage/stage.ts'
import { assemblyOf } from '../support/assembly.ts'
import { eventually, isAlive, type RunningLocal, startWhole, temporaryFolder } from '../support/local.ts'
import { type Model, type Post, planTraffic, rejectedBeforeStored } from './fleet.ts'

const seed = Number(process.env.SEED ?? 20_261_123)
const traffic = planTraffic(seed, Math.floor(Date.now() / 1000) - 60)
let folder: ReturnType<typeof temporaryFolder>
let local: RunningLocal

/** Posts until the door says that it has it, as Sigfox would. Answers how often it had to. */
const post = async ({ path, type, body }: Post): Promise<number> => {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const headers = { authorization: 'Bearer local', 'content-type': type }
    const { status } = await fetch(local.httpUrl + path, { method: 'POST', headers, body }).catch(() => ({ status: 0 }))
    if (status === 200 || status === 204) return attempt
    await pause(100)
  }
  throw new Error(`${path} was never confirmed: ${body}`)
}

const postAll = async (posts: readonly Post[]) => {
  const queue = [...posts]
  const sender = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await post(next)
  }
  await Promise.all(Array.from({ length: 4 }, sender))
}

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${local.gatewayUrl}/metrics`)).text()
  return [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\d+)`, 'gm'))].reduce((sum, [, n]) => sum + Number(n), 0)
}

/** Sends datagrams, and waits until the gateway says that each was confirmed or refused. */
const sendAll = async (datagrams: readonly Buffer[]) => {
  const before = await metric('sluice_received_total')
  const socket = createSocket('udp4')
  for (const [i, datagram] of datagrams.entries()) {
    socket.send(datagram, local.udpPort, '127.0.0.1')
    if (i % 20 === 19) await pause(5)
  }
  await eventually(async () => {
    const [received, accepted, rejected, shed] = await Promise.all(
      ['received', 'accepted', 'rejected', 'shed'].map((name) => metric(`sluice_${name}_total`)),
    )
    const settled =
      received === before + datagrams.length && received === (accepted ?? 0) + (rejected ?? 0) + (shed ?? 0)
    return settled ? true : undefined
  })
  expect(await metric('sluice_udp_kernel_drops_total')).toBe(0)
  socket.close()
  await once(socket, 'close')
}

const workers = ['SigfoxRawWorker', 'SigfoxPulseWorker', 'NBIoTRawWorker', 'NBIoTPulseWorker']

const again = {
  post: traffic.posts.find(({ items }) => items === 1) as Post,
  datagram: traffic.datagrams.find(({ length }) => length > 30) as Buffer,
}

/** Known messages once more: copies change nothing, and a worker that was killed starts with what comes next. */
const sendAgain = async () => {
  await post(again.post)
  const socket = createSocket('udp4')
  socket.send(again.datagram, local.udpPort, '127.0.0.1', () => socket.close())
  await once(socket, 'close')
}

/** Kills each of them several times, wherever it is; `sending` must end by itself. */
const killWhile = async (sending: Promise<unknown>, names: readonly string[], times: number) => {
  let isSent = false
  const sent = sending.then(() => {
    isSent = true
  })
  const killing = Array.from({ length: times }, () => names).flat()
  const killAll = async () => {
    for (const name of killing) {
      const pid = await eventually(async () => {
        const alive = (local.processes()[name] ?? []).find(isAlive)
        if (alive === undefined && isSent) await sendAgain()
        return alive
      })
      process.kill(pid, 'SIGKILL')
      await pause(40)
    }
  }
  await Promise.all([sent, killAll()])
}

interface Flow {
  raw: Record<'received' | 'stored' | 'duplicates' | 'rejected', number>
  pulse: Record<'stored' | 'decoded' | 'rejected' | 'pending', number>
}
// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
const get = async (path: string): Promise<any> => (await fetch(local.httpUrl + path)).json()
const flow = async (): Promise<Record<'sigfox' | 'nbiot', Flow>> => (await get('/v1/flow')).lanes

const readLines = async (path: string): Promise<Record<string, unknown>[]> => {
  const lines: Record<string, unknown>[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response: Response = await fetch(`${local.httpUrl}${path}?limit=500${cursor && `&cursor=${cursor}`}`)
    const text = await response.text()
    lines.push(
      ...text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    )
    cursor = response.headers.get('x-next-cursor')
  }
  return lines
}

const readBack = async (): Promise<Model> =>
  new Map((await readLines('/v1/readings')).map((r) => [`${r.deviceId} ${r.channel} ${r.readAt}`, Number(r.index)]))

const sorted = (model: Model) => [...model].sort()

/** Each bus and each Sigfox door once. A container dies with callbacks in its memory; nobody was told that they are stored. */
const variants: readonly [bus: Stage['bus'], sigfoxDoor: Stage['sigfoxDoor'], killed: readonly string[]][] = [
  ['sqs', 'lambda', workers],
  ['kinesis', 'container', [...workers, 'sigfoxGateway']],
]

describe.each(variants)('on %s, behind the %s door', (bus, sigfoxDoor, killed) => {
  const start = async () =>
    startWhole(folder.path, { bus, sigfoxDoor, timeScale: 60, assemblyFolder: await assemblyOf(bus, sigfoxDoor) })

  beforeAll(async () => {
    console.log(`seed ${seed}`)
    folder = temporaryFolder()
    local = await start()
  })
  afterAll(async () => {
    await local?.stop()
    folder.remove()
  })

  test('both doors, duplicates, disorder, poison, every worker killed, everything restarted: nothing confirmed is missing', async () => {
    const { posts, datagrams } = traffic
    const half = Math.floor(posts.length / 2)
    const first = Promise.all([postAll(posts.slice(0, half)), sendAll(datagrams.slice(0, 120))])
    await killWhile(first, killed, 2)

    const pids = Object.values(local.processes()).flat()
    await local.stop()
    expect(pids.filter(isAlive)).toEqual([])
    local = await start()

    const second = Promise.all([postAll(posts.slice(half)), sendAll(datagrams.slice(120))])
    await killWhile(second, killed, 2)

    const { sigfoxStored, nbiotStored } = traffic
    await eventually(async () => {
      const { sigfox, nbiot } = await flow()
      const stored = sigfox.raw.stored === sigfoxStored && nbiot.raw.stored === nbiotStored
      return stored && sigfox.pulse.pending === 0 && nbiot.pulse.pending === 0 ? true : undefined
    }, 60_000)
    expect(sorted(await readBack())).toEqual(sorted(traffic.model))
  })

  test('P37: after all that, the counts of each lane add up, and each message is in one state', async () => {
    const lanes = await flow()
    for (const { raw, pulse } of Object.values(lanes)) {
      expect(raw.received).toBe(raw.stored + raw.duplicates + raw.rejected)
      expect(pulse.stored).toBe(pulse.decoded + pulse.rejected + pulse.pending)
      expect(pulse.stored).toBe(raw.stored)
    }
    const sentItems = traffic.posts.reduce((sum, { items }) => sum + items, 0)
    expect(lanes.sigfox.raw).toMatchObject({ stored: traffic.sigfoxStored, rejected: rejectedBeforeStored })
    expect(lanes.sigfox.raw.received).toBeGreaterThanOrEqual(sentItems)
    expect(lanes.sigfox.pulse).toMatchObject({ decoded: traffic.sigfoxStored - 1, rejected: 1, pending: 0 })
    expect(lanes.nbiot.raw).toMatchObject({ stored: traffic.nbiotStored, rejected: traffic.garbage })
    const messages = await readLines('/v1/messages')
    expect(messages).toHaveLength(traffic.sigfoxStored + traffic.nbiotStored)
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
  })

  test('what was refused is there with its bytes and its reason', async () => {
    const { rejects } = await get('/v1/rejects')
    const found = rejects.map(
      (r: { lane: string; stage: string; reason: string }) => `${r.lane} ${r.stage} ${r.reason}`,
    )
    expect(found.sort()).toEqual([
      ...['truncated_datagram', 'unknown_datagram', 'unknown_datagram', 'unknown_datagram', 'unknown_datagram'].map(
        (reason) => `nbiot door ${reason}`,
      ),
      'sigfox door body_unreadable',
      'sigfox door device_invalid',
      'sigfox door hex_odd_length',
      'sigfox pulse unknown_frame',
      'sigfox raw time_out_of_range',
    ])
    expect(rejects.map((r: { bytesHex: string }) => r.bytesHex)).toContain(
      Buffer.from('not;enough;columns').toString('hex'),
    )
  })

  test('a device that is imported while all runs is decoded with the sample period of its line', async () => {
    const file = join(folder.path, 'fleet.csv')
    const header = 'device_id,network,profile,millilitres_per_pulse,sample_period_seconds,time_zone,valid_from'
    writeFileSync(file, `${header}\nD00D,sigfox,adeunis-pulse@3,1000,3600,Europe/Paris,2020-01-01T00:00:00Z\n`)
    const command = [join(import.meta.dirname, '../../commands/devices/main.ts'), 'import', file]
    await promisify(execFile)(process.execPath, command, { env: { ...process.env, DATA_DIR: folder.path } })
    const time = Math.floor(Date.now() / 3_600_000) * 3_600 - 7_200
    const body = JSON.stringify({ device: 'd00d', time, seqNumber: 7, data: '5a0000001000000100020003' })
    await post({ path: '/sigfox/uplink', type: 'application/json', body, items: 1 })
    const readings = await eventually(async () => {
      const { readings = [] } = await get('/v1/devices/D00D/readings')
      return readings.length > 0 ? readings : undefined
    })
    expect(readings.map((r: { index: number; quality: string }) => `${r.index} ${r.quality}`)).toEqual([
      '4090 derived',
      '4093 derived',
      '4095 derived',
      '4096 measured',
    ])
  })
})
