import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openRawTopic } from '../../../adapters/sqs/index.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { publish } from '../../support/memory-stream.ts'
import { openQueue, serve, stubAws, urlOf } from '../../support/sqs-queue.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

let queue: Awaited<ReturnType<typeof openQueue>>
beforeAll(async () => {
  queue = await openQueue()
  stubAws(queue.port)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await queue.close()
})

const uplinks = (count: number): Uplink[] =>
  Array.from({ length: count }, (_, n) => sigfoxUplink(n, 1_735_689_600, n, { payload: Buffer.alloc(12, n) }))
const byDevice = (items: readonly RawItem[]) => items.map((item) => item.deviceId ?? '').sort()

test('25 packs arrive, each once, and only then are their items done', async () => {
  const items = uplinks(25).map((uplink) => ({ ...uplink, payload: Buffer.alloc(30_000, 1) }))
  const outcomes = await publish(openRawTopic(queue.url), items)
  expect(outcomes).toEqual(Array(25).fill({ status: 'done' }))
  expect(queue.bodies()).toHaveLength(25)
  expect(byDevice(queue.items())).toEqual(byDevice(items))
})

test('3,000 messages travel in 2 packs, and come out as they went in', async () => {
  queue.empty()
  const items = uplinks(3_000)
  await publish(openRawTopic(queue.url), items)
  expect(queue.bodies()).toHaveLength(2)
  expect(queue.bodies().every((body) => body.length <= 60_000)).toBe(true)
  const inOrder = queue.items().toSorted((a, b) => ((a.deviceId ?? '') < (b.deviceId ?? '') ? -1 : 1))
  expect(inOrder).toEqual(items)
})

test('an empty batch makes no call', async () => {
  queue.empty()
  expect(await publish(openRawTopic(urlOf(1)), [])).toEqual([])
  expect(queue.bodies()).toEqual([])
})

test.each([
  ['that hangs', () => undefined],
  ['whose answer ends inside its body', (response: ServerResponse) => response.writeHead(200).write('{"Succ')],
])('a call %s is cut off and made again before the deadline', async (_, begin) => {
  queue.empty()
  let calls = 0
  // the first call is never answered to its end, the others are passed on
  const proxy = await serve(async (request, response) => {
    calls++
    if (calls === 1) return void begin(response)
    const body = Buffer.concat(await request.toArray())
    const headers = {
      'content-type': `${request.headers['content-type']}`,
      'x-amz-target': `${request.headers['x-amz-target']}`,
    }
    const answer = await fetch(`http://127.0.0.1:${queue.port}/`, { method: 'POST', headers, body })
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text())
  })
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', `http://127.0.0.1:${proxy.port}`)
  const [item] = uplinks(1) as [Uplink]
  expect(await publish(openRawTopic(urlOf(proxy.port)), [item])).toEqual([{ status: 'done' }])
  expect(calls).toBe(2)
  expect(queue.items()).toEqual([item])
  proxy.close()
})
