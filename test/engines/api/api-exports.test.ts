import { afterAll, beforeAll, expect, test } from 'vitest'
import { timedId } from '../../../core/message/identity.ts'
import { type Answer, openApi } from '../../support/api.ts'
import { openDatabase, type TestDatabase } from '../../support/postgres.ts'

let database: TestDatabase
let get: Awaited<ReturnType<typeof openApi>>

const dayMs = 86_400_000
const yesterdayMs = Math.floor(Date.now() / dayMs) * dayMs - dayMs
const iso = (ms: number) => new Date(ms).toISOString()
const message = (n: number, timeMs = yesterdayMs + n * 1000) => timedId(timeMs, n.toString(16).padStart(64, '0'))

beforeAll(async () => {
  database = await openDatabase()
  get = await openApi(database)
})
afterAll(() => database.close())

const linesOf = (answer: Answer) =>
  answer.text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** Follows the `link` header until there is none. */
const everything = async (url: string) => {
  const pages = []
  for (let next: string | undefined = url; next !== undefined; ) {
    const answer: Answer = await get(next)
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson' } })
    pages.push(linesOf(answer))
    const link = answer.headers.link as string | undefined
    if (link) expect(link).toContain(`cursor=${answer.headers['x-next-cursor']}`)
    next = link?.match(/^<(.*)>; rel="next"$/)?.[1]
  }
  return pages
}

test('messages are lines in the order of event time, page by page, with their state', async () => {
  const ids = [message(9, 0), ...Array.from({ length: 24 }, (_, n) => message(n + 1))]
  await database.pool.query(
    `INSERT INTO message SELECT id, $2, -1, 'sigfox-data', '4D3091', '\\x30ff' FROM unnest($1::uuid[]) AS id`,
    [ids.toReversed(), iso(yesterdayMs + 500)],
  )
  await database.pool.query(`INSERT INTO decoding VALUES ($1, 'decoded'), ($2, 'rejected')`, [ids[1], ids[2]])
  const pages = await everything('/v1/messages?limit=10')
  expect(pages.map((page) => page.length)).toEqual([10, 10, 5])
  expect(pages.flat().map(({ id }) => id)).toEqual(ids)
  expect(pages.flat().slice(0, 4)).toMatchObject([
    { at: null, state: 'pending' },
    { at: iso(yesterdayMs + 1000).replace('.000', ''), state: 'decoded' },
    { state: 'rejected' },
    {
      id: ids[3],
      kind: 'sigfox-data',
      deviceId: '4D3091',
      seqNumber: -1,
      receivedAt: iso(yesterdayMs + 500),
      payloadHex: '30ff',
      state: 'pending',
    },
  ])
  const some = await everything(`/v1/messages?from=${iso(yesterdayMs + 2000)}&to=${iso(yesterdayMs + 4000)}&limit=1`)
  expect(some.flat().map(({ id }) => id)).toEqual([ids[2], ids[3]])
})

test('readings are lines, page by page, within from and to', async () => {
  await database.pool.query(
    `INSERT INTO reading_late SELECT to_timestamp($1 / 1000.0) + h * interval '1 hour', now(), h, gen_random_uuid(), 'derived',
       channel, device FROM generate_series(0, 4) h, unnest('{A,B}'::text[]) channel, unnest('{1F,A0}'::text[]) device`,
    [yesterdayMs],
  )
  const pages = await everything('/v1/readings?limit=7')
  expect(pages.map((page) => page.length)).toEqual([7, 7, 6])
  const keys = pages.flat().map(({ deviceId, channel, index }) => `${deviceId} ${channel} ${index}`)
  expect(new Set(keys).size).toBe(20)
  expect(keys).toEqual(keys.toSorted())
  const hourMs = 3_600_000
  const some = await everything(
    `/v1/readings?from=${iso(yesterdayMs + hourMs)}&to=${iso(yesterdayMs + 2 * hourMs)}&limit=1`,
  )
  expect(some.flat().map(({ deviceId, channel, index }) => `${deviceId} ${channel} ${index}`)).toEqual([
    '1F A 1',
    '1F B 1',
    'A0 A 1',
    'A0 B 1',
  ])
})

test('joined, the CSV pages are one file with one header', async () => {
  const accept = { accept: 'text/html, text/csv;q=0.9' }
  let text = ''
  for (let url: string | undefined = '/v1/readings?limit=7'; url !== undefined; ) {
    const answer: Answer = await get(url, 'GET', accept)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    text += answer.text
    url = (answer.headers.link as string | undefined)?.match(/^<(.*)>; rel="next"$/)?.[1]
  }
  const [header, ...lines] = text.split('\n').slice(0, -1)
  expect(header).toBe('deviceId,channel,readAt,receivedAt,index,quality')
  const rows = (await everything('/v1/readings?limit=10000')).flat()
  expect(lines).toEqual(rows.map((row) => Object.values(row).join(',')))
  const messages = await get('/v1/messages?limit=2', 'GET', accept)
  const [first = ''] = linesOf(await get('/v1/messages?limit=1'))
  expect(messages.text.split('\n')).toHaveLength(4)
  expect(messages.text.split('\n')[0]).toBe(Object.keys(first).join(','))
  for (const other of ['*/*', 'text/csvx', 'text/csv;q=0'])
    expect((await get('/v1/messages?limit=1', 'GET', { accept: other })).headers['content-type']).toBe(
      'application/x-ndjson',
    )
})

test('an export without rows is an empty answer without a next page', async () => {
  const { status, text, headers } = await get('/v1/readings?from=2020-01-01&to=2020-01-02')
  expect({ status, text, next: headers['x-next-cursor'], link: headers.link }).toEqual({ status: 200, text: '' })
})

test('a page of large rows ends below the limit of a Lambda answer, and no row is lost', async () => {
  await database.pool.query(
    `INSERT INTO reject SELECT gen_random_uuid(), to_timestamp(n), NULL, 'nbiot', 'door', 'body_unreadable', NULL,
       decode(repeat('ab', 250000), 'hex') FROM generate_series(1, 25) n`,
  )
  const seen: string[] = []
  let pages = 0
  for (let next: string | null = ''; next !== null; pages++) {
    const answer = await get(`/v1/rejects?limit=10000${next ? `&cursor=${next}` : ''}`)
    expect(Buffer.byteLength(JSON.stringify({ statusCode: 200, body: answer.text }))).toBeLessThan(6_000_000)
    seen.push(...answer.json.rejects.map((row: { at: string }) => row.at))
    next = answer.json.next
  }
  expect(pages).toBe(3)
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => iso((n + 1) * 1000).replace('.000', '')))
})

test('a reject has its bytes, its reason, and when it was resolved', async () => {
  await database.pool.query(
    `INSERT INTO reject VALUES ('0e37df36-0000-4000-8000-00000000000a', '2026-03-01T00:00:00.007Z', NULL, 'sigfox',
       'pulse', 'unknown_frame', 'BEEF', '\\xfe01', '2026-03-02Z')`,
  )
  const { json } = await get('/v1/rejects?from=2026-03-01')
  expect(json).toEqual({
    rejects: [
      {
        id: '0e37df36-0000-4000-8000-00000000000a',
        at: '2026-03-01T00:00:00.007Z',
        lane: 'sigfox',
        stage: 'pulse',
        reason: 'unknown_frame',
        deviceId: 'BEEF',
        bytesHex: 'fe01',
        resolvedAt: '2026-03-02T00:00:00Z',
      },
    ],
    next: null,
  })
})

test('10,000 of the largest messages do not fit one answer: the page ends earlier', async () => {
  const ids = Array.from({ length: 3000 }, (_, n) => message(n, yesterdayMs - dayMs + n))
  await database.pool.query(
    `INSERT INTO message SELECT id, now(), -1, 'adeunis-nbiot', '867787050123456', decode(repeat('00', 1200), 'hex')
     FROM unnest($1::uuid[]) AS id`,
    [ids],
  )
  const pages = await everything(`/v1/messages?from=${iso(yesterdayMs - dayMs)}&to=${iso(yesterdayMs)}&limit=10000`)
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.flat().map(({ id }) => id)).toEqual(ids)
})

test('rejects can be filtered by device, reason, stage and whether they are resolved', async () => {
  await database.pool.query(
    `INSERT INTO reject SELECT gen_random_uuid(), '2026-04-01Z', NULL, 'sigfox', stage, reason, device,
       '', CASE WHEN resolved THEN now() END
     FROM unnest('{door,pulse}'::text[]) stage, unnest('{short_frame,unknown_frame}'::text[]) reason,
       unnest('{A1,A2}'::text[]) device, unnest('{t,f}'::boolean[]) resolved`,
  )
  const found = async (query: string) => (await get(`/v1/rejects?from=2026-04-01&to=2026-04-02&${query}`)).json.rejects
  expect(await found('')).toHaveLength(16)
  for (const query of ['device=00a1', 'reason=short_frame', 'stage=pulse', 'unresolved=true', 'unresolved=false'])
    expect(await found(query)).toHaveLength(8)
  expect(await found('device=A1&reason=short_frame&stage=pulse&unresolved=true')).toMatchObject([
    { deviceId: 'A1', reason: 'short_frame', stage: 'pulse', resolvedAt: null },
  ])
  for (const query of ['device=XYZ', 'reason=short', 'stage=edge', 'unresolved=yes'])
    expect(await get(`/v1/rejects?${query}`)).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining(`${query.split('=')[0]} must be`) },
    })
  const next = (await get('/v1/rejects?from=2026-04-01&device=A2&limit=3')).json.next
  expect((await get(`/v1/rejects?from=2026-04-01&device=A2&limit=9&cursor=${next}`)).json.rejects).toHaveLength(5)
})
