import { openRawTopic } from '#bus'
import { adeunisDays, logOf } from './fleet.ts'
import { startProcess } from './process.ts'
import type { Cell, Part } from './report.ts'

const sizes = [1, 10, 100, 1_000, 10_000]

/** What it costs a door to hand messages to the bus, by how many it hands over at once. */
export const publish: Part = async (progress) => {
  const queue = startProcess('test/bench/queue-process.ts')
  try {
    progress('publish: to the queue emulator, by messages at once')
    const { endpoint, queueUrl } = await queue.said('ready')
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    })
    const topic = openRawTopic(String(queueUrl))
    const next = logOf(adeunisDays)
    const publishAll = async (size: number) => {
      const count = Math.min(300, Math.max(5, Math.ceil(20_000 / size)))
      const batches = Array.from({ length: count }, () => next(size))
      const before = { packs: topic.packs(), cpu: process.cpuUsage() }
      for (const batch of batches) await topic.publish(batch)
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
          'Datagrams of 69 B through the SQS client to an emulator in another process, one publish after the other.',
        ],
      },
    ]
  } finally {
    queue.child.kill('SIGKILL')
  }
}
