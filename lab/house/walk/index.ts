import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { dev } from '../../../bin/stages.ts'
import { setting } from '../../../contract/settings.ts'
import { awsEnvironment } from '../../../local/process/overrides.ts'
import { freePort, freeUdpPort } from '../../../local/process/ports.ts'
import type { TestDatabase } from '../../../test/support/postgres.ts'
import { draginoDatagram } from '../../../test/support/traffic.ts'
import { busEvent } from '../../bus/events.ts'
import { createWalker, type Step, type Walker } from './walker.ts'

const nowSeconds = Math.floor(Date.now() / 1_000) - 3_600

/** A Sigfox frame 0x46 with the indexes of two channels, from a device that is not registered. */
const callback = (n: number) => ({
  routeKey: 'POST /sigfox/uplink',
  headers: { 'content-type': 'application/json' },
  isBase64Encoded: false,
  body: JSON.stringify({ device: 'C0FFEE', time: nowSeconds + n, seqNumber: n, data: '46000000000100000002' }),
})

/** A Dragino datagram with two records of history. */
const datagram = (n: number) =>
  draginoDatagram(1, nowSeconds + n, 5_000 + n, [
    [4_990, nowSeconds - 900],
    [4_980, nowSeconds - 1_800],
  ])

/** The addresses are never called, because calls to AWS end within the process. */
const environmentOf = (database: TestDatabase): Record<string, string> => ({
  ...awsEnvironment({ busUrl: 'http://127.0.0.1:9', secretsUrl: 'http://127.0.0.1:9' }),
  [setting.rawTopicUrl]: 'http://127.0.0.1:9/0/raw',
  [setting.pulseTopicUrl]: 'http://127.0.0.1:9/0/pulse',
  [setting.sigfoxSecretArn]: 'arn:aws:secretsmanager:eu-west-1:0:secret:walk',
  [setting.sigfoxFields]: JSON.stringify(dev.sigfox.fields),
  [setting.sigfoxBatchColumns]: dev.sigfox.batchColumns,
  [setting.defaultProfile]: dev.sigfox.defaultProfile ?? '',
  [setting.databaseHost]: database.host,
  [setting.databasePort]: String(database.port),
  [setting.databaseName]: database.database,
  [setting.databaseUser]: 'sluice_app',
  [setting.databasePassword]: database.password,
  [setting.databaseTls]: 'off',
  [setting.listenAddress]: '127.0.0.1',
  [setting.lingerMilliseconds]: '20',
  [setting.drainSeconds]: '0',
  [setting.receiveBufferBytes]: String(2 ** 20),
  [setting.queueBytes]: String(2 ** 27),
  [setting.rejectsPerSecond]: '10',
})

const walkSigfoxFunction = ({ walk }: Walker) =>
  walk('Sigfox door, function', 'lambdas/sigfox-callback.ts', (n, ask) => ask({ do: 'handle', event: callback(n) }))

const walkSigfoxContainer = async ({ walk }: Walker) => {
  const [port, healthPort] = [await freePort(), await freePort()]
  return walk(
    'Sigfox door, container',
    'http-gateway/main.ts',
    async (n, ask) => {
      const { headers, body } = callback(n)
      const url = `http://127.0.0.1:${port}/sigfox/uplink`
      const answer = await fetch(url, { method: 'POST', body, headers: { ...headers, authorization: 'Bearer walk' } })
      if (answer.status !== 204) throw new Error(`the container door answered ${answer.status}`)
      await ask({ do: 'settle' })
    },
    { [setting.httpPort]: String(port), [setting.healthPort]: String(healthPort) },
  )
}

const walkUdpDoor = async ({ walk }: Walker) => {
  const [port, healthPort] = [await freeUdpPort(), await freePort()]
  const socket = createSocket('udp4')
  try {
    return await walk(
      'UDP door',
      'udp-gateway/main.ts',
      async (n, ask) => {
        socket.send(datagram(n), port, '127.0.0.1')
        await ask({ do: 'settle' })
      },
      { [setting.udpPort]: String(port), [setting.healthPort]: String(healthPort) },
    )
  } finally {
    socket.close()
  }
}

const walkWorker = ({ walk }: Walker, name: 'raw' | 'pulse', lane: 'sigfox' | 'nbiot', packs: readonly string[]) =>
  walk(
    `${name} worker, ${lane}`,
    `lambdas/${name}-worker.ts`,
    (n, ask) => ask({ do: 'handle', event: busEvent('sqs', [packs[n] ?? '']) }),
    { [setting.lane]: lane },
  )

/** A way through the house: the steps that one message takes. */
interface Way {
  readonly name: string
  readonly steps: readonly Step[]
}

export interface Walks {
  readonly steps: readonly Step[]
  readonly ways: readonly Way[]
}

/**
 * Walks one message of each network through the doors and workers of a project, each in a process of its own over a real
 * PostgreSQL. What a door publishes is what the worker gets.
 * @param callFile the project's file that calls AWS
 */
export const walkAll = async (root: string, callFile: string): Promise<Walks> => {
  const { openDatabase } = (await import(join(root, 'test/support/postgres.ts'))) as {
    openDatabase: () => Promise<TestDatabase>
  }
  const database = await openDatabase()
  try {
    const walker = createWalker(root, callFile, environmentOf(database))
    const doorFunction = await walkSigfoxFunction(walker)
    const container = await walkSigfoxContainer(walker)
    const udp = await walkUdpDoor(walker)
    const rawSigfox = await walkWorker(walker, 'raw', 'sigfox', doorFunction.published)
    const rawNbiot = await walkWorker(walker, 'raw', 'nbiot', udp.published)
    const pulseSigfox = await walkWorker(walker, 'pulse', 'sigfox', rawSigfox.published)
    const pulseNbiot = await walkWorker(walker, 'pulse', 'nbiot', rawNbiot.published)
    const wayOf = (name: string, ...walked: { readonly step: Step }[]) => ({
      name,
      steps: walked.map(({ step }) => step),
    })
    return {
      steps: [doorFunction, container, udp, rawSigfox, rawNbiot, pulseSigfox, pulseNbiot].map(({ step }) => step),
      ways: [
        wayOf('Sigfox, through the function', doorFunction, rawSigfox, pulseSigfox),
        wayOf('Sigfox, through the container', container, rawSigfox, pulseSigfox),
        wayOf('NB-IoT', udp, rawNbiot, pulseNbiot),
      ],
    }
  } finally {
    await database.close()
  }
}
