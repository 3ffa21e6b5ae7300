import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startFauxqs } from 'fauxqs'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { unpackItems } from '../../../adapters/pack/pack.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { eventually } from '../../support/udp-gateway-client.ts'

type Line = Readonly<Record<string, unknown>> & { readonly event: string }

/** An emulated SQS, and gateways that run on it. */
export const startGatewayBus = async () => {
  const bus = await startFauxqs({ port: 0, logger: false })
  const endpoint = `http://127.0.0.1:${bus.port}`
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' }
  const sqs = new SQSClient({ endpoint, region: 'eu-west-1', credentials })
  const started: ChildProcess[] = []

  /** Runs a gateway's `main.ts`; answers its log lines by event, its stderr, and its exit code. */
  const run = (main: string, environment: Record<string, string>) => {
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        AWS_ENDPOINT_URL_SQS: endpoint,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        ...environment,
      },
    })
    started.push(child)
    const lines: Line[] = []
    let stderr = ''
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const closed = once(child, 'close')
    return {
      signal: (signal: NodeJS.Signals) => child.kill(signal),
      said: (event: string) =>
        eventually(
          async () => lines.find((line) => line.event === event),
          (line) => line !== undefined,
          // several start at once, and others are at work here
          30_000,
        ),
      exit: async () => ({ code: (await closed)[0] as number | null, stderr }),
    }
  }

  const createTopic = async (name: string) => {
    await sqs.send(new CreateQueueCommand({ QueueName: name }))
    return `${endpoint}/000000000000/${name}`
  }

  /** Takes all that is on a topic. */
  const readTopic = async (url: string): Promise<RawItem[]> => {
    const items: RawItem[] = []
    for (;;) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }))
      if (!Messages?.length) return items
      for (const { Body } of Messages) items.push(...unpackItems(rawItemCodec, Buffer.from(Body ?? '', 'base64')))
    }
  }

  const stop = async () => {
    for (const child of started) child.kill('SIGKILL')
    sqs.destroy()
    await bus.stop()
  }
  return { run, createTopic, readTopic, stop }
}
