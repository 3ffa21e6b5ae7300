import { imbalances, readFlow } from '../../../test/support/flow.ts'
import { postCallback, type SigfoxDoor } from '../../ledger/sigfox-door.ts'
import type { Context, Proof } from '../world/proof.ts'
import { throughBothDoors } from '../world/sigfox-gateway.ts'
import { settle } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

const body = JSON.stringify({ device: 'C0FFEE', time: 1, seqNumber: 1, data: '46' })

/** Headers that must not open the door, named for what is wrong with them. */
const keys: readonly [name: string, headers: Record<string, string>][] = [
  ['none', {}],
  ['empty', { authorization: '' }],
  ['no token', { authorization: 'Bearer' }],
  ['a wrong token', { authorization: 'Bearer prooF' }],
  ['a token that begins right', { authorization: 'Bearer proof2' }],
  ['the token without its scheme', { authorization: 'proof' }],
  ['another scheme', { authorization: 'Digest proof' }],
  ['a user instead of a password', { authorization: `Basic ${Buffer.from('proof:').toString('base64')}` }],
  ['two headers', { authorization: 'Bearer wrong, Bearer proof' }],
]

const received = async (world: World) => (await readFlow(world.local.httpUrl)).sigfox.raw.received

/** Finds requests without the token that a door lets in. */
const knock = async (door: SigfoxDoor, name: string): Promise<string[]> => {
  const faults: string[] = []
  for (const path of ['/sigfox/uplink', '/sigfox/batch'])
    for (const [key, headers] of keys) {
      const response = await fetch(door.url + path, { method: 'POST', headers, body })
      await response.text()
      if (![401, 403].includes(response.status))
        faults.push(`${name}: ${path} with ${key} was answered ${response.status}`)
    }
  const { status } = await postCallback(door, '/sigfox/uplink', 'application/json', '{}')
  if (status !== 200) faults.push(`${name}: with the token the door answered ${status}`)
  return faults
}

const p20: Proof = {
  id: 'P20',
  promise: 'The callback is closed by default: without the token 401 or 403, and nothing is read',
  run: async ({ world }: Context) => {
    const faults: string[] = []
    await throughBothDoors(world, async (door, name) => void faults.push(...(await knock(door, name))))
    await settle(world, 10_000)
    const items = await received(world)
    if (items !== 2) faults.push(`${items} items arrived, and one through each door had the token`)
    return { figures: { 'requests without the token': 4 * keys.length, 'let in': items - 2 }, faults }
  },
}

const good = { device: 'C0FFEE', time: Math.floor(Date.now() / 1000) - 60, seqNumber: 1, data: '46000000000100000002' }
const json = (more: object) => JSON.stringify({ ...good, ...more })

/** Bodies that have broken other systems. All are sent with the token. */
const bodies: readonly [name: string, type: string, body: string | Buffer][] = [
  ['nothing', 'application/json', ''],
  ['a NUL', 'application/json', json({ device: 'C0\u0000FE' })],
  ['1e999', 'application/json', json({}).replace(String(good.time), '1e999')],
  ['2^53 + 1', 'application/json', json({}).replace(String(good.time), '9007199254740993')],
  ['__proto__', 'application/json', `{"__proto__":{"device":"C0FFEE"},${json({}).slice(1)}`],
  ['constructor', 'application/x-www-form-urlencoded', 'constructor=1&__proto__=2&hasOwnProperty=3'],
  ['depth 100,000', 'application/json', '['.repeat(100_000)],
  ['objects 50,000 deep', 'application/json', '{"a":'.repeat(50_000)],
  ['line breaks in a field', 'application/json', json({ device: 'C0\r\nFE\nlevel":"error' })],
  ['a lone surrogate', 'application/json', json({ device: '\ud800' })],
  ['bytes that are no UTF-8', 'text/plain', Buffer.from([0xff, 0xfe, 0x80, 0x00])],
  ['200 KB of one letter', 'text/plain', 'a'.repeat(200_000)],
  ['200 KB of separators', 'text/plain', ';'.repeat(200_000)],
  ['200 KB of an open brace', 'text/plain', '{'.repeat(200_000)],
  ['a script', 'text/html', '<script>alert(1)</script>'],
  ['SQL', 'application/json', json({ device: "'; DROP TABLE message; --" })],
]

const mostMs = 2_000

/** Sends the bodies to a door. Returns what went wrong, and the slowest answer in milliseconds. */
const feed = async (door: SigfoxDoor, name: string) => {
  const faults: string[] = []
  let slowestMs = 0
  for (const [what, type, text] of bodies) {
    const answer = await postCallback(door, '/sigfox/uplink', type, text as string)
    slowestMs = Math.max(slowestMs, answer.tookMs)
    if (![200, 204].includes(answer.status)) faults.push(`${name}: ${what}: answered ${answer.status}`)
    if (answer.tookMs > mostMs) faults.push(`${name}: ${what}: took ${answer.tookMs} ms`)
  }
  const large = await postCallback(door, '/sigfox/batch', 'text/plain', 'x'.repeat(256 * 1024 + 1))
  if (large.status !== 413) faults.push(`${name}: a body above 256 KB was answered ${large.status}`)
  const after = await postCallback(door, '/sigfox/uplink', 'application/json', json({}))
  if (after.status !== 204) faults.push(`${name}: a good callback after all that was answered ${after.status}`)
  return { faults, slowestMs }
}

const p21: Proof = {
  id: 'P21',
  promise: 'No body of a callback can hurt the door: each is kept as a reject or refused',
  run: async ({ world }: Context) => {
    const faults: string[] = []
    const slowestMs: Record<string, number> = {}
    await throughBothDoors(world, async (door, name) => {
      const fed = await feed(door, name)
      faults.push(...fed.faults)
      slowestMs[`slowest answer of the ${name}, ms`] = fed.slowestMs
    })
    const { flow } = await settle(world, 10_000)
    const { stored, duplicates, rejected } = flow.sigfox.raw
    const sent = 2 * (bodies.length + 1)
    if (stored + duplicates + rejected !== sent)
      faults.push(`${stored + duplicates + rejected} items of ${sent} are accounted for`)
    return { figures: { bodies: sent, ...slowestMs, rejected }, faults: [...faults, ...imbalances(flow)] }
  },
}

export const callbackProofs = [p20, p21]
