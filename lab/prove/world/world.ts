import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Stage } from '../../../lib/stage/stage.ts'
import { awsEnvironment, databaseEnvironment } from '../../../local/process/overrides.ts'
import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import { createShutdown } from '../../../local/process/shutdown.ts'
import { type Local, startLocal } from '../../../local/start.ts'
import type { SigfoxDoor } from '../../ledger/sigfox-door.ts'
import type { UdpDoor } from '../../ledger/udp-door.ts'
import { type BusProxy, startBusProxy } from './proxy/bus.ts'
import { callerOf } from './proxy/caller.ts'
import { type DatabaseProxy, startDatabaseProxy } from './proxy/database.ts'
import { queuesOf, streamsOf } from './topics.ts'

/** The whole system on this machine, with proxies between its processes and its engines. */
export interface World {
  readonly kind: Stage['bus']
  readonly local: Local
  readonly dataDir: string
  /** The environment of a process: what the template declares, and where the bus and the database are. */
  readonly environmentOf: (declared: Readonly<Record<string, string>>) => Record<string, string>
  readonly bus: BusProxy
  readonly database: DatabaseProxy
  /** Signed in as superuser, past the proxy. */
  readonly pool: pg.Pool
  readonly timeScale: number
  readonly sigfox: SigfoxDoor
  readonly udp: UdpDoor
  /** Packs on the topics, delivered or not. On Kinesis only those that have been read. */
  readonly waiting: () => Promise<number>
  /** How long nothing may change before nothing counts as under way. */
  readonly quietMs: number
  /** Packs in the dead-letter queues. */
  readonly deadLetters: () => Promise<number>
  /** Puts records (base64) on a topic as a door or a worker would. */
  readonly publish: (topic: string, records: readonly string[]) => Promise<void>
  /** The name of the topic before a step, as in the calls that the proxy sees. */
  readonly topic: (lane: 'sigfox' | 'nbiot', step: 'raw' | 'pulse') => string
  /** Ends all faults, lets everything settle, and empties the system. */
  readonly clean: () => Promise<void>
  readonly stop: () => Promise<void>
}

const token = 'proof'

/** Visibility shrinks to a second, so that a redelivery takes no minutes. The number of tries stays. */
const defaultTimeScale = 180

const startWith = async (kind: Stage['bus'], dataDir: string, timeScale: number, assemblyFolder: string | null) => {
  const proxies: { bus?: BusProxy; database?: DatabaseProxy } = {}
  let local: Local | null = null
  const callerAt = (fromPort: number, proxyPort: number) =>
    callerOf(fromPort, proxyPort, Object.values(local?.processes() ?? {}).flat())
  const shutdown = createShutdown(() => undefined)
  const overrides = {
    httpPort: await freePort(),
    udpPort: await freeUdpPort(),
    dataDir,
    bus: kind,
    sigfoxDoor: 'lambda' as const,
    sigfoxToken: token,
    timeScale,
  }
  try {
    local = await startLocal(overrides, {
      report: () => undefined,
      shutdown,
      ...(assemblyFolder === null ? {} : { assemblyFolder }),
      through: async ({ busUrl, databaseHost, databasePort }) => {
        proxies.bus = await startBusProxy(busUrl, callerAt)
        proxies.database = await startDatabaseProxy({ host: databaseHost, port: databasePort }, callerAt)
        return { busUrl: proxies.bus.url, databaseHost, databasePort: proxies.database.port }
      },
    })
  } catch (error) {
    await shutdown.run()
    throw error
  }
  const { bus, database } = proxies
  if (!bus || !database) throw new Error('The local run did not ask for its addresses.')
  const stop = async () => {
    await shutdown.run()
    await Promise.all([bus.stop(), database.stop()])
  }
  return { local, bus, database, stop }
}

const networks = { sigfox: 'Sigfox', nbiot: 'NBIoT' } as const
const verbs = { raw: 'Raw', pulse: 'Pulse' } as const

/** The tables that the pulse step and upkeep fill. */
export const madeByPulse = 'decoding, told, told_late, reading_open, reading_late, reading_day, event'

const emptyTables = async (pool: pg.Pool) => {
  await pool.query(`TRUNCATE message, ${madeByPulse}, reject`)
  await pool.query(
    `UPDATE flow SET raw_received = 0, raw_stored = 0, raw_duplicates = 0, raw_rejected = 0, pulse_decoded = 0,
       pulse_rejected = 0, readings = 0`,
  )
}

/** A shard is read twenty times a second, and records that have not been read show nowhere. */
const quietMs = { sqs: 300, kinesis: 1_000 } as const

/** Starts a world. The `assemblyFolder` of an earlier one (its `DATA_DIR/cdk.out`) saves the synthesis. */
export const startWorld = async (
  kind: Stage['bus'],
  { timeScale = defaultTimeScale, assemblyFolder = null as string | null } = {},
): Promise<World> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-prove-'))
  const { local, bus, database, stop } = await startWith(kind, dataDir, timeScale, assemblyFolder)
  const pool = new pg.Pool({ connectionString: local.databaseUrl, max: 2 })
  pool.on('error', () => undefined)
  const { waiting, deadLetters, topics, publish, purge } = kind === 'sqs' ? queuesOf(local) : streamsOf(local)

  const clean = async () => {
    bus.inject(null)
    bus.trace(null)
    bus.down(false)
    database.inject(null)
    database.down(false)
    const deadline = Date.now() + 20_000
    while ((await waiting().catch(() => 1)) > 0 && Date.now() < deadline) await pause(50)
    await purge()
    await emptyTables(pool)
  }

  return {
    kind,
    local,
    dataDir,
    environmentOf: (declared) => ({
      ...declared,
      ...awsEnvironment({ busUrl: bus.url, secretsUrl: 'http://127.0.0.1:9' }),
      ...databaseEnvironment(declared, new URL(local.databaseUrl).password),
    }),
    bus,
    database,
    pool,
    timeScale,
    sigfox: { url: local.httpUrl, token, tries: 200, pauseMs: 100 },
    udp: { host: '127.0.0.1', port: local.udpPort, statusUrl: local.gatewayUrl },
    waiting,
    quietMs: quietMs[kind],
    deadLetters,
    publish,
    topic: (lane, step) => topics.find((name) => name.startsWith(`Process${verbs[step]}Data${networks[lane]}`)) ?? '',
    clean,
    stop: async () => {
      await pool.end()
      await stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
