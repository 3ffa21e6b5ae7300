import { messageIdCodec, rawItemCodec } from '../../../adapters/pack/items.ts'
import { type ItemCodec, packItems, unpackItems } from '../../../adapters/pack/pack.ts'
import { sha256 } from '../../../adapters/process/ids.ts'
import { type MessageId, messageId } from '../../../core/message/identity.ts'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { fleets, logOf } from '../fleet.ts'
import { median, type Part } from '../measure/part.ts'

const items = 20_000
const rounds = 7
/** As large as the SQS adapter makes them. */
const packBytes = 45_000

/** CPU microseconds an item: the median of some rounds after one to warm up. */
const microsOf = (work: () => void): number => {
  work()
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / items
  })
  return median(times)
}

/** The same as JSON: bytes as base64, times and numbers as they are. */
interface Json<T> {
  readonly write: (item: T) => string
  readonly read: (text: string) => unknown
}

const uplinkJson: Json<RawItem> = {
  write: (item) => JSON.stringify({ ...item, payload: Buffer.from((item as Uplink).payload).toString('base64') }),
  read: (text) => {
    const item = JSON.parse(text)
    return { ...item, payload: Buffer.from(item.payload, 'base64') }
  },
}

const idJson: Json<MessageId> = { write: JSON.stringify, read: JSON.parse }

const average = (parts: readonly { readonly length: number }[]) =>
  parts.reduce((sum, { length }) => sum + length, 0) / items

const measure = <T>(name: string, payloadBytes: number, codec: ItemCodec<T>, json: Json<T>, log: readonly T[]) => {
  const bodies = packItems(codec, log, packBytes).map(({ bytes }) => bytes)
  const texts = log.map(json.write)
  const pack = microsOf(() => packItems(codec, log, packBytes))
  const unpack = microsOf(() => {
    for (const body of bodies) unpackItems(codec, body)
  })
  const stringify = microsOf(() => {
    for (const item of log) json.write(item)
  })
  const parse = microsOf(() => {
    for (const text of texts) json.read(text)
  })
  return [name, payloadBytes, average(bodies), pack, unpack, average(texts), stringify, parse]
}

/** Bytes and CPU of a message in a pack, compared with JSON. */
export const packs: Part = async (progress) => {
  const rows = fleets.map((fleet) => {
    progress(`packs: ${fleet.name}`)
    const log = logOf(fleet)(items)
    return measure<RawItem>(fleet.name, (log[0] as Uplink).payload.length, rawItemCodec, uplinkJson, log)
  })
  progress('packs: ids')
  const [sigfox] = fleets
  const uplinks = sigfox ? (logOf(sigfox)(items) as Uplink[]) : []
  const ids = uplinks.map((uplink): MessageId => messageId(sha256, uplink, (uplink.timeSeconds ?? 0) * 1000))
  rows.push(measure<MessageId>('ids of the pulse topic', 16, messageIdCodec, idJson, ids))
  return [
    {
      title: 'Packs: bytes and CPU a message',
      columns: [
        'items',
        'payload B',
        'B (aim 70)',
        'pack µs (aim 1)',
        'unpack µs (aim 1)',
        'JSON B',
        'JSON write µs',
        'JSON read µs',
      ],
      rows,
      notes: [
        'JSON: the same fields, bytes as base64. A Dragino datagram of 8 records alone is above the aim of 70 B.',
      ],
    },
  ]
}
