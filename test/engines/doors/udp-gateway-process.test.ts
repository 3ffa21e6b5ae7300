import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vital } from '../../../contract/vitals.ts'
import { adeunisDatagram, unknownDatagram } from '../../support/datagrams.ts'
import { eventually, healthStatus, openSender, scrape } from '../../support/udp-gateway-client.ts'
import { startGatewayBus } from './gateway-process.ts'

let bus: Awaited<ReturnType<typeof startGatewayBus>>

beforeAll(async () => {
  bus = await startGatewayBus()
})
afterAll(() => bus.stop())

const defaults = {
  UDP_PORT: '0',
  HEALTH_PORT: '0',
  LINGER_MILLISECONDS: '20',
  DRAIN_SECONDS: '1',
  RECEIVE_BUFFER_BYTES: '4194304',
  QUEUE_BYTES: '67108864',
  REJECTS_PER_SECOND: '10',
}

const run = (environment: Record<string, string>) => bus.run('udp-gateway/main.ts', { ...defaults, ...environment })

const start = async (environment: Record<string, string>) => {
  const gateway = run(environment)
  const ready = await gateway.said('ready')
  const healthPort = Number(ready?.healthPort)
  return { ...gateway, healthPort, sender: openSender(Number(ready?.udpPort)) }
}

describe.concurrent('the gateway process', () => {
  test('P14: SIGTERM under load turns health red at once, and all that was received is on the bus', async () => {
    const topic = await bus.createTopic('under-load')
    const gateway = await start({ RAW_TOPIC_URL: topic, DRAIN_SECONDS: '1' })
    let sent = 0
    const load = setInterval(() => {
      for (let i = 0; i < 20; i++) gateway.sender.send(adeunisDatagram(sent++))
      gateway.sender.send(unknownDatagram)
    }, 5)
    const atSignal = await eventually(
      () => scrape(gateway.healthPort),
      (vitals) => (vitals[vital.accepted] ?? 0) > 500,
    )

    expect(await healthStatus(gateway.healthPort)).toBe(200)
    gateway.signal('SIGTERM')
    await gateway.said('leaving')
    expect(await healthStatus(gateway.healthPort)).toBe(503)
    expect(await gateway.exit()).toEqual({ code: 0, stderr: '' })
    clearInterval(load)
    gateway.sender.close()

    const counts = (await gateway.said('stopped')) as unknown as Record<string, number>
    const { received = 0, accepted = 0, rejected = 0, shed, left } = counts
    expect(received).toBeGreaterThan((atSignal[vital.received] ?? 0) + 500)
    expect({ shed, left, received }).toEqual({ shed: 0, left: 0, received: accepted + rejected })
    const uplinks = (await bus.readTopic(topic)).flatMap((item) => (item.kind === 'reject' ? [] : [item.payload]))
    expect(uplinks).toHaveLength(accepted)
    expect(new Set(uplinks.map((payload) => Buffer.from(payload).readUInt32BE(9))).size).toBe(accepted)
  })

  test('a second signal ends the drain at once, and still nothing is left', async () => {
    const topic = await bus.createTopic('in-a-hurry')
    const gateway = await start({ RAW_TOPIC_URL: topic, DRAIN_SECONDS: '100', LINGER_MILLISECONDS: '60000' })
    for (let i = 0; i < 10; i++) gateway.sender.send(adeunisDatagram(i))
    await eventually(
      () => scrape(gateway.healthPort),
      (vitals) => vitals[vital.received] === 10,
    )
    gateway.signal('SIGTERM')
    await gateway.said('leaving')
    gateway.signal('SIGINT')
    expect(await gateway.exit()).toEqual({ code: 0, stderr: '' })
    gateway.sender.close()
    expect(await bus.readTopic(topic)).toHaveLength(10)
  })

  test('if the bus stays away it exits in time with 1, and says how much is lost', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const gateway = await start({
      RAW_TOPIC_URL: `${endpoint}/000000000000/nowhere`,
      AWS_ENDPOINT_URL_SQS: endpoint,
      DRAIN_SECONDS: '0',
    })
    for (let i = 0; i < 3; i++) gateway.sender.send(adeunisDatagram(i))
    await eventually(
      () => scrape(gateway.healthPort),
      (vitals) => vitals[vital.received] === 3,
    )
    gateway.signal('SIGTERM')
    expect((await gateway.exit()).code).toBe(1)
    gateway.sender.close()
    silent.close()
    silent.closeAllConnections()
    expect(await gateway.said('the bus did not take everything before the end')).toMatchObject({ itemsLost: 3 })
  })

  test('bad settings: all faults together, a line each, and exit 1', async () => {
    const { code, stderr } = await run({ RAW_TOPIC_URL: '', UDP_PORT: '70000', QUEUE_BYTES: 'lots' }).exit()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([
      'RAW_TOPIC_URL must be set',
      'UDP_PORT must be a whole number from 0 to 65535, not "70000"',
      expect.stringMatching(/^QUEUE_BYTES must be a whole number from \d+ to \d+, not "lots"$/),
    ])
  })

  test('a port in use is one sentence, and exit 1', async () => {
    const socket = createSocket('udp4').bind(0)
    const server = createServer().listen(0)
    await Promise.all([once(socket, 'listening'), once(server, 'listening')])
    const udpPort = socket.address().port
    const healthPort = (server.address() as AddressInfo).port
    const RAW_TOPIC_URL = 'http://127.0.0.1:1/000000000000/nowhere'
    const udp = await run({ RAW_TOPIC_URL, UDP_PORT: String(udpPort) }).exit()
    const tcp = await run({ RAW_TOPIC_URL, HEALTH_PORT: String(healthPort) }).exit()
    socket.close()
    server.close()
    expect([udp, tcp]).toEqual([
      { code: 1, stderr: `UDP port ${udpPort} is in use: set UDP_PORT to another port, or stop what uses it\n` },
      { code: 1, stderr: `TCP port ${healthPort} is in use: set HEALTH_PORT to another port, or stop what uses it\n` },
    ])
  })
})
