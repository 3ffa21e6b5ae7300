import { createSocket } from 'node:dgram'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { imbalances } from '../../../test/support/flow.ts'
import { seeded } from '../../../test/support/random.ts'
import { postCallback } from '../../ledger/sigfox-door.ts'
import { childrenOf, commandLineOf, signalAll } from '../../processes/proc.ts'
import type { Context, Proof } from '../world/proof.ts'
import { figuresOf, messagesOf, openLedger, reckon, sendAll, settle } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

/** Kills the server and its children at once. Checks that the server is that of this world, as process ids are reused. */
const killServer = (world: World) => {
  const [parent = 0] = world.local.processes().postgres ?? []
  if (parent <= 1 || !commandLineOf(parent).includes(world.dataDir))
    throw new Error('The PostgreSQL of this run does not run.')
  signalAll([parent, ...childrenOf(parent)], 'SIGKILL')
}

const isUp = async (world: World) => {
  const deadline = Date.now() + 60_000
  for (;;) {
    if (Date.now() > deadline) throw new Error('PostgreSQL did not come back within 60 s.')
    const client = new pg.Client({ connectionString: world.local.databaseUrl })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.query('SELECT 1').finally(() => client.end())
    } catch {
      await pause(50)
    }
  }
}

const decodedAtLeast = async (world: World, messages: number) => {
  const deadline = Date.now() + 30_000
  const count = async () =>
    world.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM told').then(
      ({ rows }) => rows[0]?.count ?? 0,
      () => 0,
    )
  while ((await count()) < messages && Date.now() < deadline) await pause(20)
}

const p26: Proof = {
  id: 'P26',
  promise: 'A crash of PostgreSQL keeps every row that was acknowledged',
  run: async (context: Context) => {
    const { world, size, seed, say } = context
    const crashes = size === 'ci' ? 2 : 5
    const random = seeded(seed)
    const ledger = openLedger(messagesOf(context, 1_600, 20_000))
    const sending = sendAll(world, ledger, random, { perCallback: 5, windowSize: 50 })
    for (let crash = 1; crash <= crashes; crash++) {
      // a crash before anything is decoded would test nothing
      await decodedAtLeast(world, (ledger.fleet.count * crash) / (crashes + 2))
      await pause(random.below(200))
      killServer(world)
      await isUp(world)
      say(`P26: crash ${crash} of ${crashes}`)
    }
    await sending
    const reckoning = await reckon(world, ledger, 60_000)
    return { figures: { crashes, ...figuresOf(reckoning) }, faults: reckoning.faults }
  },
}

const p27: Proof = {
  id: 'P27',
  promise: 'Database connections are bounded: one for each process',
  run: async (context: Context) => {
    const { world, seed } = context
    const ledger = openLedger(messagesOf(context, 600, 20_000))
    world.database.mostConnections()
    let mostSessions = 0
    let mostProcesses = 0
    const watch = setInterval(async () => {
      const { rows } = await world.pool
        .query<{ count: number }>(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename LIKE 'sluice_%'`)
        .catch(() => ({ rows: [] }))
      mostSessions = Math.max(mostSessions, rows[0]?.count ?? 0)
      const { postgres: _, queues: __, streams: ___, gateway: ____, ...functions } = world.local.processes()
      mostProcesses = Math.max(mostProcesses, Object.values(functions).flat().length)
    }, 40)
    await sendAll(world, ledger, seeded(seed), { perCallback: 4 })
    const reckoning = await reckon(world, ledger, 60_000)
    clearInterval(watch)
    const most = world.database.mostConnections()
    const faults = [...reckoning.faults]
    if (most > 1) faults.push(`a process had ${most} connections at once`)
    if (mostSessions > mostProcesses) faults.push(`${mostSessions} sessions for ${mostProcesses} processes`)
    if (mostSessions === 0) faults.push('no session was seen, so nothing was tested')
    const figures = {
      'most connections of a process': most,
      'most sessions': mostSessions,
      'most processes': mostProcesses,
    }
    return { figures: { ...figures, ...figuresOf(reckoning) }, faults }
  },
}

const daySeconds = 86_400

const p28: Proof = {
  id: 'P28',
  promise: 'Time cannot break the store: odd instants are quarantined or marked, upkeep may run twice at once',
  run: async (context: Context) => {
    const { world } = context
    const now = Math.floor(Date.now() / 1000)
    const line = (time: number, n: number) =>
      `C0FFEE;${time};false;null;37FF;46000000000100000002;null;${n};5;-120.50;${n}`
    const stored = [0, 1, 86_400, now, now + 200, now - daySeconds, now - 39 * daySeconds]
    const refused = [now + daySeconds, 4_294_967_295, now - 399 * daySeconds, now - 500 * daySeconds, 1_420_070_400]
    const lines = [...stored, ...refused].map(line)
    const upkeep = () => world.pool.query('SELECT ensure_partitions(40, 8)')
    const [{ status }] = await Promise.all([
      postCallback(world.sigfox, '/sigfox/batch', 'text/plain', lines.join('\n')),
      upkeep(),
      upkeep(),
    ])
    const socket = createSocket('udp4')
    const datagram = (hex: string) =>
      Buffer.from(`f868411056754138f4602401020304050a640cf11d0100000001c200002328${hex}`, 'hex')
    for (const hex of ['00000000', 'ffffffff', '00000001'])
      await new Promise((sent) => socket.send(datagram(hex), world.udp.port, world.udp.host, sent))
    socket.close()
    await pause(200)
    const { flow, inTime } = await settle(world, 15_000)
    const faults = imbalances(flow)
    if (!inTime) faults.push('the batch was not handled in time')
    if (status !== 204) faults.push(`the callback was answered ${status}`)
    const { raw } = flow.sigfox
    if (raw.stored !== stored.length)
      faults.push(`${raw.stored} of ${stored.length} lines with a usable time are stored`)
    if (raw.rejected !== refused.length)
      faults.push(`${raw.rejected} of ${refused.length} lines with an impossible time are quarantined`)
    if (flow.nbiot.raw.stored !== 2 || flow.nbiot.raw.rejected !== 1)
      faults.push(`datagrams: ${JSON.stringify(flow.nbiot.raw)}`)
    return {
      figures: { 'odd instants': lines.length + 3, stored: raw.stored + 2, quarantined: raw.rejected + 1 },
      faults,
    }
  },
}

export const databaseProofs = [p26, p27, p28]
