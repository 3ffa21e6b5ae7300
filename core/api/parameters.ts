import { canonicalDeviceId } from '../message/identity.ts'
import { instantForm, parseDuration, parseInstant } from '../message/instant.ts'
import { type Step, steps } from '../message/lane.ts'
import { type RejectReason, rejectReasons } from '../message/rejects.ts'
import { type Key, type KeyShape, readCursor } from './cursor.ts'
import { ApiFault } from './fault.ts'

export const mostRows = 10_000
const defaultRows = 1_000

export type ParameterName =
  | 'from'
  | 'to'
  | 'limit'
  | 'cursor'
  | 'silent_for'
  | 'device'
  | 'reason'
  | 'stage'
  | 'unresolved'
export type RawParameters = Readonly<Record<string, string | undefined>>

/** Which rows of a path to answer with. */
export interface Slice {
  /** Inclusive, milliseconds since 1970. */
  readonly fromMs: number | null
  /** Exclusive, milliseconds since 1970. */
  readonly toMs: number | null
  readonly limit: number
  readonly after: Key | null
  readonly silentForMs: number | null
}

/** Which rejects to answer with. null does not restrict. */
export interface RejectFilter {
  readonly deviceId: string | null
  readonly reason: RejectReason | null
  readonly stage: Step | null
  /** `true` for open rejects, `false` for resolved ones. */
  readonly unresolved: boolean | null
}

const optional = <T>(name: string, raw: string | undefined, read: (text: string) => T | null, hint: string) => {
  if (raw === undefined) return null
  const value = read(raw)
  if (value === null) throw new ApiFault(400, `${name} must be ${hint}, not ${JSON.stringify(raw.slice(0, 60))}.`)
  return value
}

const readLimit = (text: string) =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= mostRows ? Number(text) : null

const wordOf =
  <T extends string>(words: readonly T[]) =>
  (text: string): T | null =>
    words.find((word) => word === text) ?? null

const readFilter = (raw: RawParameters): RejectFilter => {
  const answer = optional('unresolved', raw.unresolved, wordOf(['true', 'false']), 'true or false')
  return {
    deviceId: optional('device', raw.device, (text) => canonicalDeviceId(text)?.deviceId ?? null, 'a device id'),
    reason: optional('reason', raw.reason, wordOf(rejectReasons), `one of ${rejectReasons.join(', ')}`),
    stage: optional('stage', raw.stage, wordOf(steps), `one of ${steps.join(', ')}`),
    unresolved: answer === null ? null : answer === 'true',
  }
}

/** @throws ApiFault that names the first parameter that is wrong, or that the path does not have */
export const readSlice = (
  raw: RawParameters,
  allowed: readonly ParameterName[],
  shape: KeyShape,
): Slice & RejectFilter => {
  const unknown = Object.keys(raw).find((name) => !(allowed as readonly string[]).includes(name))
  if (unknown !== undefined) {
    const known = allowed.length > 0 ? `it takes ${allowed.join(', ')}` : 'it takes none'
    throw new ApiFault(400, `This path has no parameter ${JSON.stringify(unknown.slice(0, 60))}: ${known}.`)
  }
  return {
    fromMs: optional('from', raw.from, parseInstant, instantForm),
    toMs: optional('to', raw.to, parseInstant, instantForm),
    limit: optional('limit', raw.limit, readLimit, `a whole number from 1 to ${mostRows}`) ?? defaultRows,
    after: raw.cursor === undefined ? null : readCursor(raw.cursor, shape),
    ...readFilter(raw),
    silentForMs: optional('silent_for', raw.silent_for, parseDuration, 'an ISO 8601 duration like PT26H or P2D'),
  }
}
