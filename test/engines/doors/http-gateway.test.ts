import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { vital } from '../../../contract/vitals.ts'
import { forwardTo } from '../../../local/doors/load-balancer.ts'
import { serve } from '../../support/sqs-queue.ts'
import { eventually, healthStatus } from '../../support/udp-gateway-client.ts'
import { closeAll, closeLater, head, open, opened, openLine } from './http-gateway-client.ts'

afterEach(async () => {
  await closeAll()
  vi.restoreAllMocks()
})

const uplink = (seqNumber: number) => JSON.stringify({ device: 'C0FFEE', time: 1735689600, data: '46', seqNumber })
const statuses = (responses: readonly Response[]) => responses.map(({ status }) => status)
const range = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('the HTTP gateway', () => {
  test('P2: no callback is answered before the bus has confirmed, and callbacks that arrive together share a publish', async () => {
    const { topic, request, vitals } = await open()
    topic.stall()
    let answered = 0
    const answers = range(40).map(async (i) => {
      const response = await request(uplink(i))
      answered++
      return response
    })
    await eventually(vitals, (now) => now[vital.received] === 40)
    await pause(100)
    expect(answered).toBe(0)
    expect(await vitals()).toMatchObject({ [vital.received]: 40, [vital.accepted]: 0, [vital.shed]: 0 })
    topic.resume()
    expect(new Set(statuses(await Promise.all(answers)))).toEqual(new Set([204]))
    expect(topic.taken()).toHaveLength(40)
    expect(topic.publishes.length).toBeLessThan(10)
    expect(await vitals()).toMatchObject({ [vital.accepted]: 40, [vital.queuedBytes]: 0, [vital.failedCallbacks]: 0 })
  })

  test('each callback is told of its own lines, although they travel together', async () => {
    const { request } = await open({ lingerMs: 200 })
    const bad = (line: number) => ({ accepted: 1, rejected: [{ line, reason: 'hex_odd_length' }] })
    const [first, second] = await Promise.all([
      request('C0FFEE;1735689600;46;1\nC0FFEE;1735689600;4;2', '/sigfox/batch'),
      request('C0FFEE;1735689600;4;3\nC0FFEE;1735689600;46;4', '/sigfox/batch'),
    ])
    expect(await first.json()).toEqual(bad(2))
    expect(await second.json()).toEqual(bad(1))
  })

  test('P3: while the bus is away the answer is 503 within 8 s, no body or token is logged, and the message is stored in the end', async () => {
    let logged = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      logged += chunk
      return true
    })
    const { topic, request, vitals } = await open()
    topic.fail(true)
    const startedAtMs = performance.now()
    const wrong = request('{"device":"hunter2"}', '/sigfox/uplink', { authorization: 'Bearer hunter3' })
    expect(statuses(await Promise.all([request(uplink(1)), request('hunter1'), wrong]))).toEqual([503, 503, 403])
    expect(performance.now() - startedAtMs).toBeLessThan(8_000)
    expect(await vitals()).toMatchObject({ [vital.failedCallbacks]: 2, [vital.accepted]: 0 })
    topic.fail(false)
    expect(await eventually(vitals, (now) => now[vital.accepted] === 1)).toMatchObject({ [vital.rejected]: 1 })
    expect(logged).toContain('publish failed')
    expect(logged).not.toMatch(/hunter|sesame|C0FFEE/)
  })

  test('P15: without room the answer is 503 at once, memory is bounded, health is red; then it recovers', async () => {
    const queueBytes = 200_000
    const { topic, request, vitals, healthPort } = await open({ queueBytes })
    const startedAtMs = performance.now()
    topic.stall()
    const answers = range(200).map((i) => request(uplink(i)))
    const stalled = await eventually(vitals, (now) => now[vital.received] === 200)
    const shed = stalled[vital.shed] ?? 0
    expect(shed).toBeGreaterThan(0)
    expect(stalled[vital.queuedBytes]).toBeLessThanOrEqual(queueBytes)
    expect(await healthStatus(healthPort)).toBe(503)
    // long before the six seconds after which they would be answered anyway
    const turnedAway = await eventually(vitals, (now) => now[vital.failedCallbacks] === shed)
    expect(turnedAway[vital.failedCallbacks]).toBe(shed)
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    topic.resume()
    const codes = statuses(await Promise.all(answers))
    expect(codes.filter((code) => code === 503)).toHaveLength(shed)
    expect(codes.filter((code) => code === 204)).toHaveLength(200 - shed)
    expect(topic.taken()).toHaveLength(200 - shed)
    expect(await healthStatus(healthPort)).toBe(200)
    expect((await request(uplink(201))).status).toBe(204)
  })

  test('P20: without the token nothing of the body is read, even if it never ends', async () => {
    const { httpPort, vitals, topic } = await open()
    const refused = async (...lines: string[]) => {
      const line = await openLine(httpPort)
      line.write(head(...lines, 'content-length: 200000'))
      return (await line.ended).split('\r\n')[0]
    }
    const no = 'authorization: Bearer no'
    expect(
      await Promise.all([
        refused(),
        refused('authorization:'),
        refused(no),
        refused(opened, opened),
        refused(no, opened),
      ]),
    ).toEqual([
      'HTTP/1.1 401 Unauthorized',
      'HTTP/1.1 401 Unauthorized',
      'HTTP/1.1 403 Forbidden',
      'HTTP/1.1 403 Forbidden',
      'HTTP/1.1 403 Forbidden',
    ])
    expect(await vitals()).toMatchObject({ [vital.denied]: 5, [vital.received]: 0, [vital.failedCallbacks]: 0 })
    expect(topic.publishes).toEqual([])
  })

  test('only the two paths exist, and only for POST', async () => {
    const { httpPort, request } = await open()
    for (const path of ['/', '/sigfox', '/sigfox/uplink/', '/sigfox/Batch', '/v1/devices', '/healthz', '/metrics'])
      expect((await request(uplink(1), path)).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${httpPort}/sigfox/uplink`)).status).toBe(404)
    expect((await request(uplink(1), '/sigfox/uplink?id=1')).status).toBe(204)
  })

  test('413 for a body above 256 KB, declared or not, and the answer always arrives', async () => {
    const { httpPort, request, topic } = await open()
    const large = 'x'.repeat(300_000)
    expect(new Set(statuses(await Promise.all(range(30).map(() => request(large)))))).toEqual(new Set([413]))
    const throughBalancer = await serve(forwardTo(httpPort))
    closeLater(throughBalancer.close)
    const answers: Response[] = []
    for (const _ of range(100)) answers.push(await request(large, '/sigfox/uplink', {}, throughBalancer.port))
    expect(new Set(statuses(answers))).toEqual(new Set([413]))
    const line = await openLine(httpPort)
    line.write(`${head(opened, 'transfer-encoding: chunked')}${large.length.toString(16)}\r\n${large}`)
    expect(await line.ended).toMatch(/^HTTP\/1.1 413 /)
    const huge = await openLine(httpPort)
    huge.write(head(opened, 'content-length: 9007199254740993'))
    expect(await huge.ended).toMatch(/^HTTP\/1.1 413 /)
    expect(topic.publishes).toEqual([])
  })

  test('a sender that writes slowly or not at all is cut off after five seconds', async () => {
    const { httpPort, vitals } = await open()
    const silent = await openLine(httpPort)
    const slowHead = await openLine(httpPort)
    slowHead.write('POST /sigfox/uplink HTTP/1.1\r\nhost: sl')
    const slowBody = await openLine(httpPort)
    slowBody.write(head(opened, 'content-length: 20'))
    const startedAtMs = performance.now()
    await Promise.all([silent.ended, slowHead.ended, slowBody.ended])
    expect(performance.now() - startedAtMs).toBeLessThan(8_000)
    expect((await vitals())[vital.received]).toBe(0)
  }, 15_000)

  test('a sender that does not wait for its answer is cut off, and what it sent after is not read', async () => {
    const { httpPort, request, topic, vitals } = await open()
    const stranger = await openLine(httpPort)
    stranger.write(head('content-length: 0').repeat(2_000))
    expect(await stranger.ended).toBe('')
    topic.stall()
    const known = await openLine(httpPort)
    known.write(`${head(opened, `content-length: ${uplink(1).length}`)}${uplink(1)}`)
    await eventually(vitals, (now) => now[vital.received] === 1)
    known.write(head('content-length: 0'))
    expect(await known.ended).toBe('')
    topic.resume()
    expect((await request(uplink(2))).status).toBe(204)
    expect(topic.taken()).toHaveLength(2)
    expect(await vitals()).toMatchObject({ [vital.denied]: 1, [vital.received]: 2 })
  })

  test('the bodies being read have a common limit: above it 429, and the others are read to their end', async () => {
    const { httpPort, request } = await open()
    const lines = await Promise.all(range(64).map(() => openLine(httpPort)))
    for (const line of lines) line.write(`${head(opened, 'content-length: 262144')}x`)
    await eventually(
      async () => (await request(uplink(1))).status,
      (status) => status === 429,
    )
    expect((await request(uplink(1))).status).toBe(429)
    for (const line of lines) line.write('x'.repeat(262_143))
    await eventually(
      async () => lines.filter((line) => line.answer() !== '').length,
      (count) => count === 64,
    )
    expect(lines.map((line) => line.answer().slice(9, 12))).toEqual(range(64).map(() => '200'))
    expect((await request(uplink(1))).status).toBe(204)
  })

  test('with too many connections the idle ones are closed, and the callback is answered', async () => {
    const { httpPort, request } = await open()
    const idle = await Promise.all(
      range(1_000).map(async () => {
        const line = await openLine(httpPort)
        line.write(head('content-length: 0'))
        return line
      }),
    )
    const status = () =>
      request(uplink(1)).then(
        ({ status }) => status,
        () => 0,
      )
    expect(await eventually(status, (code) => code === 204)).toBe(204)
    expect(idle.filter((line) => line.answer().startsWith('HTTP/1.1 401 '))).toHaveLength(1_000)
  })

  test('one connection carries many callbacks until the gateway leaves: then each answer closes its connection', async () => {
    const { httpPort, healthPort, leave, topic } = await open({ lingerMs: 1 })
    const line = await openLine(httpPort)
    const send = (i: number) => line.write(`${head(opened, `content-length: ${uplink(i).length}`)}${uplink(i)}`)
    const answers = () => line.answer().match(/HTTP\/1.1 204 /g)?.length ?? 0
    for (const i of [1, 2]) {
      send(i)
      await eventually(
        async () => answers(),
        (count) => count === i,
      )
    }
    expect(await healthStatus(healthPort)).toBe(200)
    leave()
    expect(await healthStatus(healthPort)).toBe(503)
    send(3)
    expect(await line.ended).toMatch(/connection: close/i)
    expect(answers()).toBe(3)
    expect(topic.taken()).toHaveLength(3)
  })

  test('a stop answers every callback that waits', async () => {
    const { request, stop, vitals } = await open({ lingerMs: 500 })
    const answers = range(20).map((i) => request(uplink(i)))
    await eventually(vitals, (now) => now[vital.received] === 20)
    expect(await stop(10_000)).toBe(0)
    expect(new Set(statuses(await Promise.all(answers)))).toEqual(new Set([204]))
  })
})
