import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { openRawTopic } from '../../../adapters/sqs/index.ts'
import { dev } from '../../../bin/stages.ts'
import { setting } from '../../../contract/settings.ts'
import type { Cell } from '../../text/table.ts'
import { adeunisDays, logOf } from '../fleet.ts'
import type { Part } from '../measure/part.ts'
import { startProcess } from '../measure/process.ts'

const sizes = [1, 10, 100, 1_000, 10_000]

/** As Sigfox sends it. Each comes from another device. */
const callbackOf = (n: number) =>
  ({
    routeKey: 'POST /sigfox/uplink',
    headers: { 'content-type': 'application/json' },
    body: `{"device":"${n.toString(16)}","time":1767225600,"data":"4600000001000000020000ab","seqNumber":1}`,
    isBase64Encoded: false,
  }) as unknown as APIGatewayProxyEventV2

const rounds = 8
const callbacks = 300

/** CPU of the Sigfox function a callback, from its event to its answer: the quietest round after warming up. */
const callbackMicros = async (): Promise<number> => {
  // the module reads its settings when it loads
  const { handler } = await import('../../../lambdas/sigfox-callback.ts')
  const micros: number[] = []
  for (let round = 0; round < rounds; round++) {
    const cpu = process.cpuUsage()
    for (let n = 0; n < callbacks; n++) {
      const { statusCode } = await handler(callbackOf(round * callbacks + n))
      if (statusCode !== 204) throw new Error(`The function answered ${statusCode}, so the figures would be wrong.`)
    }
    const { user, system } = process.cpuUsage(cpu)
    micros.push((user + system) / callbacks)
  }
  return Math.min(...micros.slice(rounds / 2))
}

/** CPU that a door spends on publishing a message, by how many it publishes at once. */
export const publish: Part = async (progress) => {
  const queue = startProcess('lab/bench/bus/queue-process.ts')
  try {
    const { endpoint, queueUrl } = await queue.said('ready')
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      [setting.rawTopicUrl]: queueUrl,
      [setting.sigfoxFields]: JSON.stringify(dev.sigfox.fields),
      [setting.sigfoxBatchColumns]: dev.sigfox.batchColumns,
    })
    // first, because the batches would warm up what the callbacks use
    progress('publish: callbacks one by one')
    const callback = await callbackMicros()
    progress('publish: to the queue emulator, by messages at once')
    const topic = openRawTopic(String(queueUrl))
    const next = logOf(adeunisDays)
    const publishAll = async (size: number) => {
      const count = Math.min(300, Math.max(5, Math.ceil(20_000 / size)))
      const batches = Array.from({ length: count }, () => next(size))
      const before = { packs: topic.packs(), cpu: process.cpuUsage() }
      for (const batch of batches) await topic.publish(batch, (_, outcome) => outcome)
      const { user, system } = process.cpuUsage(before.cpu)
      return {
        micros: (user + system) / (count * size),
        packs: ((topic.packs() - before.packs) * 1e6) / (count * size),
      }
    }
    for (const size of sizes) await publishAll(size)
    const rows: Cell[][] = []
    for (const size of sizes) {
      const { micros, packs } = await publishAll(size)
      rows.push([String(size), micros, Math.round(packs)])
    }
    return [
      {
        title: 'Publishing to the bus: CPU of the door a message, by messages at once',
        columns: ['messages at once', 'CPU µs a message', 'bus records a million'],
        rows,
        notes: [
          'Datagrams of 69 B in signed calls of SQS to an emulator in another process, one publish after the other.',
        ],
      },
      {
        title: 'The Sigfox function: CPU a callback, one by one',
        columns: ['from the event to the answer', 'CPU µs a callback'],
        rows: [['read, packed, published and answered', callback]],
        notes: [`The quietest of the last ${rounds / 2} rounds of ${callbacks}, one after the other; no gaps, no TLS.`],
      },
    ]
  } finally {
    queue.child.kill('SIGKILL')
  }
}
