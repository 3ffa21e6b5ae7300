import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Invoke, pollersOf } from '../functions/index.ts'
import { region } from '../process/overrides.ts'
import type { Plan } from '../template/plan.ts'
import type { LocalBus } from './local-bus.ts'
import { startMapping } from './queue-reader.ts'
import { connectSqs } from './sqs.ts'
import { startStreams } from './stream-reader.ts'
import { connectKinesis, makeStream } from './streams.ts'
import { makeQueues, queueDepth } from './topics.ts'

/** Makes the template's topics; what was in them stays. */
export const makeTopics = async (plan: Plan, busUrl: string): Promise<string> => {
  const kinesis = connectKinesis(busUrl)
  for (const stream of plan.streams) await makeStream(kinesis, stream)
  await makeQueues(connectSqs(busUrl), busUrl, plan.queues)
  return plan.bus === 'kinesis' ? `${plan.streams.length} streams made` : `${plan.queues.length} queues made`
}

/** Tells the commands of this data folder (`npm run redrive`) where its bus is. */
export const tellBus = (dataDir: string, { bus }: Plan, url: string): void =>
  writeFileSync(join(dataDir, 'bus.json'), JSON.stringify({ bus, url, region }))

const startQueues = (plan: Plan, busUrl: string, invoke: Invoke): LocalBus => {
  const sqs = connectSqs(busUrl)
  const running = plan.queueMappings.map((mapping) => ({
    functionArn: mapping.functionArn,
    ...startMapping(mapping, { sqs, invoke: (event) => invoke(mapping.functionArn, event) }, pollersOf(mapping)),
  }))
  return {
    waiting: async (functionArn) => {
      const read = plan.queueMappings.filter((mapping) => mapping.functionArn === functionArn)
      const depths = await Promise.all(read.map(({ queueUrl }) => queueDepth(sqs, queueUrl)))
      return depths.reduce((sum, depth) => sum + depth, 0)
    },
    oldestMs: (functionArn) =>
      Math.max(0, ...running.filter((one) => one.functionArn === functionArn).map(({ oldestMs }) => oldestMs())),
    stop: async () => void (await Promise.all(running.map(({ stop }) => stop()))),
    stopWords: 'letting the workers finish',
    stopLimitMs: 10_000,
  }
}

/** Starts to read the topics and to invoke the functions, as Lambda's event-source mappings do. */
export const startBus = (plan: Plan, busUrl: string, dataDir: string, invoke: Invoke): LocalBus =>
  plan.bus === 'kinesis'
    ? startStreams(plan.streamMappings, busUrl, dataDir, invoke)
    : startQueues(plan, busUrl, invoke)
