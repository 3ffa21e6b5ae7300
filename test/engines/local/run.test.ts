import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import { eventually, isAlive, type Program, runProgram, temporaryFolder } from '../../support/local.ts'
import { openToOthers } from '../../support/open-sockets.ts'

const folder = temporaryFolder()
const ports = { HTTP_PORT: String(await freePort()), UDP_PORT: String(await freeUdpPort()) }
const variables = { DATA_DIR: folder.path, TIME_SCALE: '60', ...ports }
const programs: Program[] = []
const run = (changes: Record<string, string> = {}) => {
  const program = runProgram({ ...variables, ...changes })
  programs.push(program)
  return program
}

afterAll(() => {
  for (const program of programs) program.process.kill('SIGKILL')
  folder.remove()
})

const ready = (program: Program) =>
  eventually(() => {
    if (program.process.exitCode !== null) throw new Error(program.output())
    return /^ready/m.test(program.output()) ? true : undefined
  }, 60_000)

const url = `http://127.0.0.1:${ports.HTTP_PORT}`
const send = (device: string) =>
  fetch(`${url}/sigfox/uplink`, {
    method: 'POST',
    headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
    body: JSON.stringify({
      device,
      time: Math.floor(Date.now() / 1000),
      seqNumber: 1,
      data: '46800000009f00000002',
    }),
  })
const readings = async (device: string) => {
  const response = await fetch(`${url}/v1/devices/${device}/readings`)
  const { readings = [] } = (await response.json()) as { readings?: { channel: string; index: number }[] }
  return readings.length > 0 ? readings.map(({ channel, index }) => `${channel}${index}`) : undefined
}

/** The processes below a run: its children, and their children. */
const familyOf = (pid: number): number[] => {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [child, ...below(child)])
  return below(pid)
}
const noneLeft = (pids: readonly number[]) => eventually(() => (pids.some(isAlive) ? undefined : true))

test('nothing is open to other machines; a kill of the runner leaves no process; the next start continues with the data, also behind the other Sigfox door; Ctrl-C ends it cleanly', async () => {
  const first = run({ SIGFOX_DOOR: 'container' })
  await ready(first)
  expect((await send('AA1')).status).toBe(204)
  expect(await eventually(() => readings('AA1'))).toEqual(['A159', 'B2'])

  const second = run({ HTTP_PORT: String(await freePort()), UDP_PORT: String(await freeUdpPort()) })
  expect(await second.ended).toBe(1)
  expect(second.output().trim()).toMatch(/^Another local run .* set DATA_DIR to another folder\.$/)

  expect((await send('AA2')).status).toBe(204)
  const family = familyOf(first.process.pid ?? 0)
  expect(family.length).toBeGreaterThan(5)
  expect(openToOthers([first.process.pid ?? 0, ...family])).toEqual([])
  first.process.kill('SIGKILL')
  await noneLeft(family)

  const third = run()
  await ready(third)
  expect(await eventually(() => readings('AA2'))).toEqual(['A159', 'B2'])
  expect(await readings('AA1')).toEqual(['A159', 'B2'])
  const thirdFamily = familyOf(third.process.pid ?? 0)
  third.process.kill('SIGINT')
  expect(await third.ended).toBe(0)
  expect(third.output().trim().split('\n').slice(-7)).toEqual([
    'closing the HTTP door',
    'flushing the UDP gateway',
    'letting the workers finish',
    'stopping the functions',
    'stopping the queues',
    'stopping PostgreSQL',
    'stopped',
  ])
  await noneLeft(thirdFamily)
}, 120_000)

test('a port in use is one sentence that names the variable, and nothing is started', async () => {
  const tcp = createServer().listen(0, '127.0.0.1')
  const udp = createSocket('udp4').bind(0)
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
  const inUse = { HTTP_PORT: String((tcp.address() as { port: number }).port), UDP_PORT: String(udp.address().port) }
  for (const [variable, kind] of [
    ['HTTP_PORT', 'TCP'],
    ['UDP_PORT', 'UDP'],
  ] as const) {
    const program = run({ [variable]: inUse[variable] })
    expect(await program.ended).toBe(1)
    const sentence = `${kind} port ${inUse[variable]} is in use: stop the other program, or set ${variable} to a free port.`
    expect(program.output().trim()).toBe(sentence)
  }
  tcp.close()
  udp.close()
})

test('every faulty variable is named at once', async () => {
  const program = run({ HTTP_PORT: 'x', UDP_PORT: '0' })
  expect(await program.ended).toBe(1)
  expect(program.output().trim().split('\n')).toHaveLength(2)
})
