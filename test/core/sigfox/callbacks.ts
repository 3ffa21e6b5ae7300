import fc from 'fast-check'
import type { RawItem, Uplink } from '../../../core/message/uplink.ts'
import { readFieldNames } from '../../../core/sigfox/body.ts'
import { readBatch, readCallback, type SigfoxCallbackSettings } from '../../../core/sigfox/callback.ts'

export const receivedAtMs = Date.UTC(2025, 0, 1, 12)

/** The columns of the documented line pattern. */
export const settings: SigfoxCallbackSettings = {
  fieldNames: readFieldNames({}),
  batchColumns: 'device;time;duplicate;snr;station;data;avgSnr;lat;lng;rssi;seqNumber'.split(';'),
}

export const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body

export const read = (body: string | Uint8Array, contentType = 'application/json', as = settings): RawItem =>
  readCallback({ contentType, bytes: bytesOf(body), receivedAtMs }, as)[0] as RawItem

export const readLines = (body: string | Uint8Array, as = settings): RawItem[] =>
  readBatch({ contentType: 'text/plain', bytes: bytesOf(body), receivedAtMs }, as)

/** What a callback says of one message, as texts; `extra` are fields that do not matter. */
export interface Told {
  readonly device: string
  readonly time: string
  readonly data: string
  readonly seqNumber: string
  readonly extra?: Readonly<Record<string, string>>
}

export const uplinkOf = ({ device, time, data, seqNumber }: Told): Uplink => ({
  kind: 'sigfox-data',
  deviceId: device.toUpperCase().replace(/^0+(?=.)/, ''),
  seqNumber: Number(seqNumber),
  timeSeconds: Number(time),
  receivedAtMs,
  payload: Uint8Array.from(data.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)),
})

const flat = ({ extra, ...told }: Told): Record<string, string> => ({ ...extra, ...told })
const line = (told: Told) => settings.batchColumns.map((column) => flat(told)[column] ?? 'null').join(';')

/** Every way in which one message is written in the field. */
export const writings: Readonly<Record<string, (told: Told) => RawItem>> = {
  'JSON with texts': (told) => read(JSON.stringify(flat(told))),
  'JSON with native types': (told) => {
    const { time, seqNumber, ...texts } = flat(told)
    return read(JSON.stringify({ ...texts, ack: false }).replace('}', `,"time":${time},"seqNumber":${seqNumber}}`))
  },
  'JSON under the wrong content type': (told) => read(JSON.stringify(flat(told)), 'application/x-www-form-urlencoded'),
  'a form': (told) => read(`${new URLSearchParams(flat(told))}`, 'application/x-www-form-urlencoded'),
  'a form under the wrong content type': (told) => read(`${new URLSearchParams(flat(told))}`, 'text/plain'),
  'a text template': (told) =>
    read(
      Object.entries(flat(told))
        .map(([name, value]) => `${name}:${value}`)
        .join('; '),
      'text/plain',
    ),
  'text lines with equals signs': (told) =>
    read(
      Object.entries(flat(told))
        .map(([name, value]) => `${name} = ${value}`)
        .join('\r\n'),
      'text/plain; charset=utf-8',
    ),
  'a batch line': (told) => only(readLines(line(told))),
  'a batch line of JSON': (told) => only(readLines(JSON.stringify(flat(told)))),
  'a batch in a form': (told) => only(readLines(`${new URLSearchParams({ batch: line(told) })}`)),
  'DATA ADVANCED': (told) =>
    read(
      JSON.stringify({
        ...flat(told),
        lqi: 'GOOD',
        linkQuality: 2,
        computedLocation: { lat: 43.4, lng: 1.3, radius: 2000, source: 2, status: 1 },
        duplicates: [{ bsId: '37FF', nbRep: 3, rssi: -123.5, snr: 18.86 }],
      }),
    ),
}

const only = (items: readonly RawItem[]): RawItem => {
  const [item, ...others] = items
  if (!item || others.length > 0) throw new Error(`one line gave ${items.length} items`)
  return item
}

const hex = (maxBytes: number) =>
  fc.uint8Array({ maxLength: maxBytes }).map((bytes) => Buffer.from(bytes).toString('hex'))

/** Any message that Sigfox can carry. */
export const anyTold: fc.Arbitrary<Told> = fc.record({
  device: fc.integer({ min: 1, max: 0xffffffff }).map((id) => id.toString(16).toUpperCase()),
  time: fc.integer({ min: 1_420_070_400, max: 4_000_000_000 }).map(String),
  data: hex(12),
  seqNumber: fc.nat(4095).map(String),
})
