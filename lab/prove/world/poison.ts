import { messageIdCodec, rawItemCodec } from '../../../adapters/pack/items.ts'
import { packItems } from '../../../adapters/pack/pack.ts'
import type { Uplink } from '../../../core/message/uplink.ts'

/** The reject that must be found, in the words of `/v1/rejects`: its `stage` is the step that refused it. */
export interface Expected {
  readonly lane: 'sigfox' | 'nbiot'
  readonly stage: 'door' | 'raw' | 'pulse'
  readonly reason: string
}

const daySeconds = 86_400

/** Ids of poison begin like this, and those of a fleet do not, so the ledger can leave poison out. */
export const isPoisonous = (deviceId: string) => deviceId.startsWith('BAD')

const deviceOf = (n: number) => `BAD${(n % 4096).toString(16).toUpperCase().padStart(3, '0')}`

type Fields = { device: string; time: string; data: string; seq: string }
const line = ({ device, time, data, seq }: Fields, n: number) =>
  `${device};${time};false;null;37FF;${data};null;${n};5;-120.50;${seq}`

/** Makes a bad line of each class, the n-th of the run, with the reject that it must become. */
export const poisonLines: readonly ((n: number, now: number) => [line: string, expected: Expected])[] = (
  [
    ['door', 'body_unreadable', { device: 'one;column;more' }],
    ['door', 'device_invalid', { device: 'NOHEX' }],
    ['door', 'device_missing', { device: '' }],
    ['door', 'time_missing', { time: '' }],
    ['door', 'time_invalid', { time: 'noon' }],
    ['door', 'hex_odd_length', { data: '468' }],
    ['door', 'hex_invalid', { data: 'zz' }],
    ['door', 'payload_too_long', { data: '00'.repeat(13) }],
    ['door', 'seq_number_invalid', { seq: '-7' }],
    ['door', 'unresolved_template', { device: '{device}' }],
    ['raw', 'time_out_of_range', { time: 'tomorrow' }],
    ['raw', 'time_out_of_range', { time: '4294967295' }],
    ['pulse', 'unknown_frame', { data: 'ff00' }],
    ['pulse', 'short_frame', { data: '46' }],
  ] as const
).map(([stage, reason, fields]) => (n: number, now: number): [string, Expected] => {
  const own: Partial<Fields> = fields
  const time = own.time === 'tomorrow' ? String(now + daySeconds) : (own.time ?? String(now - n))
  const good = { device: deviceOf(n), data: '46000000000100000002', seq: String(n % 4096) }
  return [line({ ...good, ...own, time }, n), { lane: 'sigfox', stage, reason }]
})

const base64 = (packs: readonly { readonly bytes: Buffer }[]) => packs.map(({ bytes }) => bytes.toString('base64'))
const rawPack = (items: readonly Uplink[]) => base64(packItems(rawItemCodec, items, 45_000))

/** Packs that our doors never make, with the step whose topic they go to and the rejects that they must become. */
export const poisonPacks = (now: number) => {
  const uplink = (n: number, more: Partial<Uplink>): Uplink => ({
    kind: 'sigfox-data',
    deviceId: deviceOf(4_000 + n),
    seqNumber: n,
    timeSeconds: now - n,
    receivedAtMs: now * 1000,
    payload: Buffer.from('46000000000100000002', 'hex'),
    ...more,
  })
  const [damaged = ''] = rawPack([uplink(1, {})])
  const flipped = Buffer.from(damaged, 'base64')
  flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 0xff
  const gone = '019a0000-0000-8000-8000-000000000000'
  const sigfox = (stage: 'raw' | 'pulse', reason: string): Expected => ({ lane: 'sigfox', stage, reason })
  return [
    { step: 'raw', records: [flipped.toString('base64')], expected: [sigfox('raw', 'pack_corrupt')] },
    {
      step: 'pulse',
      records: [Buffer.from([1, 2, 3]).toString('base64')],
      expected: [sigfox('pulse', 'pack_corrupt')],
    },
    {
      step: 'pulse',
      records: base64(packItems(messageIdCodec, [gone], 45_000)),
      expected: [sigfox('pulse', 'message_missing')],
    },
    // between good neighbours: the row that the database refuses is found by halving the batch
    {
      step: 'raw',
      records: rawPack([
        uplink(2, {}),
        uplink(3, { seqNumber: 2 ** 40 }),
        uplink(4, { timeSeconds: now - 300 * daySeconds }),
        uplink(5, {}),
      ]),
      expected: [sigfox('raw', 'row_refused'), sigfox('raw', 'too_late')],
    },
  ] as const
}

/** Malformed datagrams, few enough for the token bucket of rejects. */
export const poisonDatagrams: readonly [hex: string, expected: Expected][] = [
  ['deadbeef', { lane: 'nbiot', stage: 'door', reason: 'unknown_datagram' }],
  ['f868411056754138f460', { lane: 'nbiot', stage: 'door', reason: 'truncated_datagram' }],
]
