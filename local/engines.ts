import { keepRunning } from './keep-running.ts'
import { freePort } from './ports.ts'
import { startPostgres } from './postgres.ts'
import type { Shutdown } from './shutdown.ts'
import { startSqsServer } from './sqs-server.ts'

/** What the processes of the app need before they can start: the database server and the queues. */
export const startEngines = async (dataDir: string, report: (line: string) => void, shutdown: Shutdown) => {
  const databasePort = await freePort()
  const postgres = await keepRunning('PostgreSQL', () => startPostgres({ dataDir, port: databasePort }), report)
  shutdown.add('stopping PostgreSQL', 12_000, postgres.stop)

  const sqsPort = await freePort()
  const queues = await keepRunning('the queue server', () => startSqsServer(dataDir, sqsPort), report)
  shutdown.add('stopping the queues', 7_000, queues.stop)
  report(`PostgreSQL on port ${databasePort}, queues on port ${sqsPort}`)
  return { postgres, queues, databasePort, sqsUrl: `http://127.0.0.1:${sqsPort}` }
}

export type Engines = Awaited<ReturnType<typeof startEngines>>
