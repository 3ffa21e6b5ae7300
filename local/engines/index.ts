import { keepRunning } from '../process/keep-running.ts'
import { freePort } from '../process/ports.ts'
import type { Starting } from '../process/starting.ts'
import type { Addresses } from '../template/addresses.ts'
import { startKinesisServer, startSqsServer } from './bus-server.ts'
import { startPostgres } from './postgres.ts'

const buses = {
  sqs: { name: 'queues', start: startSqsServer },
  kinesis: { name: 'streams', start: startKinesisServer },
} as const

interface Settings {
  readonly dataDir: string
  readonly bus: keyof typeof buses
  readonly isScratch: boolean
}

/** Starts what every process of the app needs: the database server and the bus. */
export const startEngines = async ({ dataDir, bus, isScratch }: Settings, { report, shutdown }: Starting) => {
  const databasePort = await freePort()
  const startDatabase = () => startPostgres({ dataDir, port: databasePort, isScratch })
  const postgres = await keepRunning('PostgreSQL', startDatabase, report)
  shutdown.add('stopping PostgreSQL', 12_000, postgres.stop)

  const { name, start } = buses[bus]
  const busPort = await freePort()
  const busServer = await keepRunning(`the server of the ${name}`, () => start(dataDir, busPort, isScratch), report)
  shutdown.add(`stopping the ${name}`, 7_000, busServer.stop)

  report(`PostgreSQL on port ${databasePort}, ${name} on port ${busPort}`)
  const addresses: Addresses = { busUrl: `http://127.0.0.1:${busPort}`, databaseHost: '127.0.0.1', databasePort }
  const processes = () => ({ postgres: [postgres.current().pid], [name]: [busServer.current().pid] })
  return { database: postgres.current, addresses, processes }
}
