import { mix } from './hash.ts'

/**
 * What the radio does to a message.
 * - `lost`: it never arrives.
 * - `repeated`: it comes twice, minutes apart like a Sigfox callback, or seconds apart like a CoAP retransmission.
 * - `late`: the device had no network for a while.
 * - `reordered`: the device's next message overtakes it.
 */
export const radioCodes = ['plain', 'lost', 'repeated', 'late', 'reordered'] as const
export type Radio = (typeof radioCodes)[number]

/** Of 10,000 messages. */
const shares: readonly (readonly [Radio, number])[] = [
  ['lost', 100],
  ['repeated', 200],
  ['late', 100],
  ['reordered', 100],
]
const table: readonly Radio[] = shares.flatMap(([code, share]) => Array.from({ length: share }, () => code))

const radioSalt = 0x7ad10
export const radioOf = (seed: number, number: number): Radio => table[mix(seed ^ radioSalt, number) % 10_000] ?? 'plain'

/** Traffic that is no message of a device, for every 1,000 messages. */
const unwantedShares = { malformed: 4, hostile: 4 } as const
export type Unwanted = keyof typeof unwantedShares

const unwantedSalt = 0xbad
export const unwantedOf = (seed: number, number: number): Unwanted | null => {
  const place = mix(seed ^ unwantedSalt, number) % 1_000
  if (place < unwantedShares.malformed) return 'malformed'
  return place < unwantedShares.malformed + unwantedShares.hostile ? 'hostile' : null
}

const delaySalt = 0xde1a

export interface Pace {
  readonly minuteMs: number
  /** When the device sends its next message. Null where it sends none. */
  readonly nextDueMs: number | null
  readonly endMs: number
}

/** When a late, reordered or repeated message leaves. It always leaves before the end of the run. */
export const delayedDueMs = (
  seed: number,
  number: number,
  radio: Radio,
  isSigfox: boolean,
  dueMs: number,
  { minuteMs, nextDueMs, endMs }: Pace,
): number => {
  const random = mix(seed ^ delaySalt, number)
  const wished = {
    plain: dueMs,
    lost: dueMs,
    repeated: dueMs + (isSigfox ? minuteMs * (1 << (random % 3)) : 2_000 * (1 << (random % 2))),
    late: dueMs + minuteMs * (5 + (random % 26)),
    reordered: (nextDueMs ?? dueMs + 1_000) + minuteMs / 10,
  }[radio]
  return wished < endMs ? wished : dueMs + (endMs - dueMs) * ((random % 1_000) / 1_000)
}
