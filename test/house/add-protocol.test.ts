import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../adapters/process/ids.ts'
import { callbackPaths } from '../../contract/callback-paths.ts'
import { callbackReaders } from '../../core/ingest/callbacks.ts'
import type { MessageStore } from '../../core/ingest/message-store.ts'
import type { ReadingStore } from '../../core/ingest/reading-store.ts'
import type { MessageId } from '../../core/message/identity.ts'
import type { Message, Reject } from '../../core/message/message.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import type { Decoding } from '../../core/told/decoding.ts'
import { unpackTold } from '../../core/told/pack.ts'
import { memoryStream } from '../support/memory-stream.ts'
import { changedIn, copyWithProtocol } from './made-up-protocol.ts'

let copy: string
beforeAll(() => {
  copy = copyWithProtocol()
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** A module of the copy. */
const load = <T>(path: string): Promise<T> => import(join(copy, path))

test('adding a protocol over HTTP changes at most four existing files', () => {
  const changed = changedIn(copy)
  expect(changed.length).toBeLessThanOrEqual(4)
  expect(changed.length).toBeGreaterThan(0)
})

test('the project compiles with it', { timeout: 120_000 }, () => {
  const { stdout, status } = spawnSync('node_modules/.bin/tsc', ['-p', '.'], { cwd: copy, encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})

test('every path that the template names has a reader, and no other', () => {
  expect([...callbackReaders.keys()]).toEqual(callbackPaths)
})

test('the template has a route for it that needs a token, and counts callbacks to it that bring none', async () => {
  const { resources, synthesise } = await load<typeof import('../support/templates.ts')>('test/support/templates.ts')
  const [{ ingest } = { ingest: null }] = synthesise(['sqs'])
  if (!ingest) throw new Error('no stage')
  const properties = (type: string) => resources(ingest, type).map(([, { Properties }]) => Properties)
  const route = { RouteKey: 'POST /acme/uplink', AuthorizationType: 'CUSTOM' }
  expect(properties('AWS::ApiGatewayV2::Route')).toContainEqual(expect.objectContaining(route))
  const filters = properties('AWS::Logs::MetricFilter').map(({ FilterPattern }) => FilterPattern)
  expect(filters).toContainEqual(expect.stringContaining('($.route = "POST /sigfox/*" || $.route = "POST /acme/*") &&'))
})

/** What the copy makes of a body that is posted to it: the door and the two steps in memory, packs in between. */
const post = async (body: string) => {
  const { createDoor } = await load<typeof import('../../http-gateway/door.ts')>('http-gateway/door.ts')
  const { accept } = await load<typeof import('../../core/ingest/accept.ts')>('core/ingest/accept.ts')
  const { storeRaw } = await load<typeof import('../../core/ingest/store-raw.ts')>('core/ingest/store-raw.ts')
  const { countPulses } = await load<typeof import('../../core/ingest/count-pulses.ts')>('core/ingest/count-pulses.ts')
  const devices = await load<typeof import('../../core/devices/index.ts')>('core/devices/index.ts')
  const { rawItemCodec } = await load<typeof import('../../adapters/pack/items.ts')>('adapters/pack/items.ts')
  const { packItems, unpackItems } = await load<typeof import('../../adapters/pack/pack.ts')>('adapters/pack/pack.ts')

  const raw = memoryStream<RawItem>()
  const door = createDoor({
    isValid: async (token) => token === 'token',
    callback: { fieldNames: { device: '', time: '', data: '', seqNumber: '' }, batchColumns: [] },
    take: accept({ raw }),
  })
  const request = Object.assign(Readable.from([Buffer.from(body)]), {
    method: 'POST',
    url: '/acme/uplink',
    headers: { 'content-type': 'application/json' },
    headersDistinct: { authorization: ['Bearer token'] },
  })
  const { statusCode } = await door(request as unknown as IncomingMessage)

  const messages: Message[] = []
  const rejects: Reject[] = []
  const pulse = memoryStream<MessageId>()
  const store: MessageStore['store'] = async (batch) => {
    messages.push(...batch.messages)
    rejects.push(...batch.rejects)
    return batch.messages.map(() => null)
  }
  const [pack] = packItems(rawItemCodec, raw.items, 10_000)
  await storeRaw(
    { store: { store }, pulse, digest: sha256 },
    'sigfox',
  )(unpackItems(rawItemCodec, pack?.bytes as Buffer))

  const decodings: Decoding[] = []
  const readings: ReadingStore = {
    inBatch: (work) =>
      work({
        load: async () => messages.map((message) => ({ ...message, profile: 'acme-p1@1', samplePeriodSeconds: null })),
        record: async (batch) => {
          decodings.push(...batch.decodings)
          return { refusals: batch.decodings.map(() => null), closedBeforeMs: 0 }
        },
      }),
    samplePeriods: async () => [],
    requestReplay: async () => undefined,
    replayRequested: async () => undefined,
  }
  const ports = { ...devices, store: readings, replays: {} as never, digest: sha256, defaultProfile: null }
  await countPulses(ports, 'sigfox')(pulse.items)
  return { statusCode, messages, rejects, decodings }
}

test('a message of it passes the door and both steps, and leaves its reading and its event', async () => {
  const at = Math.floor(Date.now() / 1000) - 60
  const frame = Buffer.from('01010000123431', 'hex').toString('base64')
  const { statusCode, messages, decodings } = await post(JSON.stringify({ meter: '00c0ffee', at, count: 7, frame }))
  expect(statusCode).toBe(204)
  expect(messages).toMatchObject([{ kind: 'acme-http', deviceId: 'C0FFEE', seqNumber: 7 }])
  const index = { channel: 'A', index: 0x1234, quality: 'measured', at: { base: 'message', seconds: 0 } }
  const event = { deviceId: 'C0FFEE', kind: 'low_battery', value: 4_900 }
  expect(decodings).toMatchObject([{ reject: null, events: [event] }])
  expect(unpackTold(decodings[0]?.told ?? new Uint8Array())).toMatchObject({ indexes: [index] })
})

test('a body of it that cannot be read becomes a reject, and is not sent again', async () => {
  const { statusCode, messages, rejects } = await post('{"meter":"no id"}')
  expect(statusCode).toBe(200)
  expect(rejects).toMatchObject([{ reason: 'body_unreadable', lane: 'sigfox' }])
  expect(messages).toEqual([])
})
