import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve } from '../../support/sqs-queue.ts'
import { eventually, healthStatus } from '../../support/udp-gateway-client.ts'
import { startGatewayBus } from './gateway-process.ts'

let bus: Awaited<ReturnType<typeof startGatewayBus>>
let secrets: Awaited<ReturnType<typeof serve>>
const agent = new Agent({ keepAlive: true, maxSockets: 20 })

beforeAll(async () => {
  bus = await startGatewayBus()
  secrets = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ SecretString: '{"current":"sesame"}' }))
  })
})
afterAll(async () => {
  agent.destroy()
  secrets.close()
  await bus.stop()
})

const run = (environment: Record<string, string>) =>
  bus.run('http-gateway/main.ts', {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secrets.port}`,
    SIGFOX_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:sigfox',
    SIGFOX_FIELDS: '{}',
    SIGFOX_BATCH_COLUMNS: 'device;time;data;seqNumber',
    HTTP_PORT: '0',
    HEALTH_PORT: '0',
    LINGER_MILLISECONDS: '50',
    DRAIN_SECONDS: '1',
    QUEUE_BYTES: '134217728',
    ...environment,
  })

/** Sends a callback as Sigfox would, on a connection that it keeps; the status, or 0 where there was no answer. */
const post = (port: number, seqNumber: number) =>
  new Promise<number>((answered) => {
    const headers = { authorization: 'Bearer sesame', 'content-type': 'application/json' }
    const options = { host: '127.0.0.1', port, agent, method: 'POST', path: '/sigfox/uplink', headers }
    request(options, (response) => {
      response.resume().on('end', () => answered(response.statusCode ?? 0))
    })
      .on('error', () => answered(0))
      .end(JSON.stringify({ device: 'C0FFEE', time: 1735689600, data: '46', seqNumber }))
  })

describe.concurrent('the Sigfox gateway process', () => {
  test('P14: SIGTERM under load turns health red at once, each callback is answered through the drain, and what was confirmed is on the bus', async () => {
    const topic = await bus.createTopic('callbacks-under-load')
    const gateway = run({ RAW_TOPIC_URL: topic })
    const ready = await gateway.said('ready')
    const [port, healthPort] = [Number(ready?.httpPort), Number(ready?.healthPort)]
    const confirmed: number[] = []
    const others: { number: number; status: number }[] = []
    let sent = 0
    let stopping = false
    const send = async () => {
      while (!stopping) {
        const number = sent++
        const status = await post(port, number)
        if (status === 204) confirmed.push(number)
        else others.push({ number, status })
        if (status === 0) return
      }
    }
    const load = Promise.all(Array.from({ length: 20 }, send))
    await eventually(
      async () => confirmed.length,
      (count) => count > 200,
    )
    const atSignal = confirmed.length
    expect(await healthStatus(healthPort)).toBe(200)
    gateway.signal('SIGTERM')
    await gateway.said('leaving')
    expect(await healthStatus(healthPort)).toBe(503)
    expect(await gateway.exit()).toEqual({ code: 0, stderr: '' })
    stopping = true
    await load

    expect(confirmed.length).toBeGreaterThan(atSignal + 100)
    // one sender's last, when the door is closed; nothing that the door took was left without an answer
    expect(others.filter(({ status }) => status !== 0)).toEqual([])
    const counts = (await gateway.said('stopped')) as unknown as Record<string, number>
    expect(counts).toMatchObject({ received: confirmed.length, accepted: confirmed.length, left: 0, unanswered: 0 })
    const stored = (await bus.readTopic(topic)).map((item) => (item.kind === 'reject' ? -1 : item.seqNumber))
    expect(stored.sort((a, b) => a - b)).toEqual(confirmed.sort((a, b) => a - b))
  })

  test('bad settings: all faults together, a line each, and exit 1', async () => {
    const { code, stderr } = await run({
      RAW_TOPIC_URL: '',
      SIGFOX_SECRET_ARN: '',
      SIGFOX_FIELDS: 'device',
      HTTP_PORT: '70000',
      LINGER_MILLISECONDS: '5000',
      QUEUE_BYTES: '67108864',
    }).exit()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([
      'RAW_TOPIC_URL must be set',
      'SIGFOX_SECRET_ARN must be set',
      'SIGFOX_FIELDS must be a JSON object whose values are texts',
      'HTTP_PORT must be a whole number from 0 to 65535, not "70000"',
      'LINGER_MILLISECONDS must be a whole number from 1 to 1000, not "5000"',
      expect.stringMatching(/^QUEUE_BYTES must be a whole number from 134217728 to \d+, not "67108864"$/),
    ])
  })

  test('a port in use is one sentence, and exit 1', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ended = await run({ RAW_TOPIC_URL: 'http://127.0.0.1:1/0/nowhere', HTTP_PORT: String(port) }).exit()
    server.close()
    const stderr = `TCP port ${port} is in use: set HTTP_PORT to another port, or stop what uses it\n`
    expect(ended).toEqual({ code: 1, stderr })
  })
})
