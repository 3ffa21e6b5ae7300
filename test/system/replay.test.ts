import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assemblyOf } from '../support/assembly.ts'
import { runTool } from '../support/command.ts'
import { eventually, type RunningLocal, startWhole, temporaryFolder } from '../support/local.ts'
import { countedReadings } from '../support/pipeline.ts'
import { type Post, planTraffic } from './fleet.ts'

const traffic = planTraffic(20_261_125, Math.floor(Date.now() / 1000) - 60)
const folder = temporaryFolder()
let local: RunningLocal

beforeAll(async () => {
  local = await startWhole(folder.path, { assemblyFolder: await assemblyOf() })
})
afterAll(async () => {
  await local.stop()
  folder.remove()
})

const run = async (tool: string, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runTool(tool, args, { DATA_DIR: folder.path })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

const register = async (profile: string) => {
  const file = join(folder.path, 'fleet.csv')
  const header = 'device_id,network,profile,millilitres_per_pulse,sample_period_seconds,time_zone,valid_from'
  const ids = Array.from({ length: 20 }, (_, n) => (0xc00000 + n).toString(16))
  writeFileSync(file, [header, ...ids.map((id) => `${id},sigfox,${profile},1000,,UTC,2020-01-01`)].join('\n'))
  await run('devices', 'import', file)
}

const send = async (posts: readonly Post[], datagrams: readonly Buffer[]) => {
  const socket = createSocket('udp4')
  for (const [i, datagram] of datagrams.entries()) {
    socket.send(datagram, local.udpPort, '127.0.0.1')
    if (i % 5 === 4) await pause(10)
  }
  for (const { path, type, body } of posts) {
    const headers = { authorization: 'Bearer local', 'content-type': type }
    expect((await fetch(local.httpUrl + path, { method: 'POST', headers, body })).ok).toBe(true)
  }
  socket.close()
}

interface Flow {
  readonly raw: Record<'received' | 'stored' | 'duplicates' | 'rejected', number>
  readonly pulse: Record<'stored' | 'decoded' | 'rejected' | 'pending', number>
  readonly readings: number
}
const flow = async (): Promise<Record<'sigfox' | 'nbiot', Flow>> =>
  ((await (await fetch(`${local.httpUrl}/v1/flow`)).json()) as { lanes: Record<'sigfox' | 'nbiot', Flow> }).lanes

const readBack = async (): Promise<[string, number][]> => {
  const response = await fetch(`${local.httpUrl}/v1/readings?limit=10000`, { headers: { accept: 'text/csv' } })
  const [, ...lines] = (await response.text()).trim().split('\n')
  return lines.map((line): [string, number] => {
    const [device, channel, readAt, , index] = line.split(',')
    return [`${device} ${channel} ${readAt}`, Number(index)]
  })
}

test('replays while both doors take in messages, over a wrong profile that is corrected meanwhile, harm nothing', async () => {
  const { posts, datagrams, sigfoxStored, nbiotStored } = traffic
  await register('icemeter-pulse@1')
  const half = Math.floor(posts.length / 2)
  const sending = send(posts.slice(0, half), datagrams.slice(0, 100))
    .then(() => register('adeunis-pulse@3'))
    .then(() => send(posts.slice(half), datagrams.slice(100)))
  let isSending = true
  const replaying = async () => {
    let replays = 0
    for (; isSending; replays++) await run('replay', '--from', '2015-01-01')
    return replays
  }
  const replays = replaying()
  await sending
  const settled = await eventually(async () => {
    const now = await flow()
    const all = now.sigfox.raw.stored === sigfoxStored && now.nbiot.raw.stored === nbiotStored
    return all && now.sigfox.pulse.pending + now.nbiot.pulse.pending === 0 ? now : undefined
  }, 60_000)
  isSending = false
  expect(await replays).toBeGreaterThan(1)

  await run('replay', '--from', '2015-01-01')
  expect(await run('replay', '--from', '2015-01-01')).toMatch(/messages decoded again\n {2}no difference\n$/)
  const readings = await readBack()
  expect(readings.sort()).toEqual([...traffic.model].sort())
  const after = await flow()
  expect(after.sigfox.pulse).toMatchObject({ decoded: sigfoxStored - 1, rejected: 1, pending: 0 })
  expect(after.nbiot.pulse).toMatchObject({ decoded: nbiotStored, rejected: 0, pending: 0 })
  const pool = new pg.Pool({ connectionString: local.databaseUrl })
  expect(after.sigfox.readings + after.nbiot.readings).toBe(await countedReadings(pool).finally(() => pool.end()))
  expect(after.sigfox.raw).toEqual(settled.sigfox.raw)
})
