import { keepRunning } from '../process/keep-running.ts'
import { freePort } from '../process/ports.ts'
import type { Shutdown } from '../process/shutdown.ts'
import { startKinesisServer } from './kinesis-server.ts'
import { startPostgres } from './postgres.ts'
import { startSqsServer } from './sqs-server.ts'

const buses = {
  sqs: { name: 'queues', launch: startSqsServer },
  kinesis: { name: 'streams', launch: startKinesisServer },
} as const

interface Run {
  readonly dataDir: string
  readonly bus: keyof typeof buses
  readonly isScratch: boolean
}

/** What the processes of the app need before they can start: the database server and the bus. */
export const startEngines = async (
  { dataDir, bus, isScratch }: Run,
  report: (line: string) => void,
  shutdown: Shutdown,
) => {
  const databasePort = await freePort()
  const postgres = await keepRunning(
    'PostgreSQL',
    () => startPostgres({ dataDir, port: databasePort, isScratch }),
    report,
  )
  shutdown.add('stopping PostgreSQL', 12_000, postgres.stop)

  const { name, launch } = buses[bus]
  const busPort = await freePort()
  const busServer = await keepRunning(`the server of the ${name}`, () => launch(dataDir, busPort, isScratch), report)
  shutdown.add(`stopping the ${name}`, 7_000, busServer.stop)
  report(`PostgreSQL on port ${databasePort}, ${name} on port ${busPort}`)
  const processes = () => ({ postgres: [postgres.current().pid], [name]: [busServer.current().pid] })
  return { postgres, databasePort, busUrl: `http://127.0.0.1:${busPort}`, processes }
}

export type Engines = Awaited<ReturnType<typeof startEngines>>
