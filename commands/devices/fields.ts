import { profiles } from '../../core/devices/index.ts'
import { canonicalDeviceId, type DeviceId, deviceIdForm as form } from '../../core/message/identity.ts'
import { parseInstant } from '../../core/message/instant.ts'
import { type Lane, laneOf, lanes } from '../../core/message/lane.ts'
import { nearest } from '../shared/nearest.ts'

/** The columns of the file, in order. */
export const columns = [
  'device_id',
  'network',
  'profile',
  'millilitres_per_pulse',
  'sample_period_seconds',
  'time_zone',
  'valid_from',
] as const
/** Columns that a file may have behind them; what it does not say of them stays as it is known. */
export const optionalColumns = ['meter_id', 'valid_to'] as const
export type Column = (typeof columns)[number] | (typeof optionalColumns)[number]
export type Fields = Readonly<Record<Column, string>>

/** Takes a sentence that says what is wrong with the line. */
export type Complain = (fault: string) => void

const mostInteger = 2_147_483_647

const positive = (text: string): number | null => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= mostInteger ? value : null
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 60))

export const readNetwork = ({ network }: Fields, complain: Complain): Lane | null => {
  const lane = lanes.find((name) => name === network)
  if (lane === undefined) complain(`network is ${lanes.join(' or ')}, not ${quoted(network)}`)
  return lane ?? null
}

export const readDevice = (fields: Fields, network: Lane | null, complain: Complain): DeviceId | null => {
  const id = canonicalDeviceId(fields.device_id)
  if (id !== null && (network === null || id.network === network)) return id
  const expected = network === null ? `${form.sigfox} or ${form.nbiot}` : `${form[network]} for ${network}`
  complain(`device_id is ${expected}, not ${quoted(fields.device_id)}`)
  return null
}

export const readProfile = ({ profile }: Fields, network: Lane | null, complain: Complain): string => {
  const known = profiles.get(profile)
  if (known === undefined) {
    complain(`profile ${quoted(profile)} is not known; did you mean ${nearest(profile, [...profiles.keys()])}?`)
  } else if (network !== null && laneOf(known.uplinkKind) !== network) {
    complain(`profile ${profile} is for ${laneOf(known.uplinkKind)}, the device is on ${network}`)
  }
  return profile
}

export const readWeight = ({ millilitres_per_pulse: text }: Fields, complain: Complain) => {
  const [millilitres = '', pulses = '1', ...rest] = text.split('/')
  const weight = { weightMillilitres: positive(millilitres), weightPulses: positive(pulses) }
  if (weight.weightMillilitres === null || weight.weightPulses === null || rest.length > 0) {
    complain(`millilitres_per_pulse is an integer or a fraction above zero like 1000/450, not ${quoted(text)}`)
  }
  return { weightMillilitres: weight.weightMillilitres ?? 1, weightPulses: weight.weightPulses ?? 1 }
}

/** Empty where nobody knows it. */
export const readPeriod = ({ sample_period_seconds: text }: Fields, complain: Complain): number | null => {
  const seconds = positive(text)
  if (text !== '' && seconds === null) {
    complain(`sample_period_seconds is empty or a whole number above zero, not ${quoted(text)}`)
  }
  return seconds
}

const timeZones = new Map<string, boolean>()

/** A fleet has few time zones, and asking for one takes longer than all else of a line. */
const isTimeZone = (name: string): boolean => {
  const known = timeZones.get(name) ?? asksForTimeZone(name)
  if (timeZones.size < 1_000) timeZones.set(name, known)
  return known
}

const asksForTimeZone = (name: string) => {
  try {
    // it knows offsets like +01:00 as well, but a place has another in summer
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

export const readTimeZone = ({ time_zone: name }: Fields, complain: Complain): string => {
  if (!isTimeZone(name)) complain(`time_zone is a name of the IANA list like Europe/Paris, not ${quoted(name)}`)
  return name
}

export const readValidFrom = ({ valid_from: text }: Fields, complain: Complain): number => {
  const ms = parseInstant(text)
  if (ms === null) complain(`valid_from is an ISO 8601 instant in UTC like 2026-01-31T00:00:00Z, not ${quoted(text)}`)
  return ms ?? 0
}

/** Empty where no end is known. */
export const readValidTo = ({ valid_to: text }: Fields, validFromMs: number, complain: Complain): number | null => {
  const ms = text === '' ? null : parseInstant(text)
  if (text !== '' && ms === null) {
    complain(`valid_to is empty or an ISO 8601 instant in UTC like 2026-01-31T00:00:00Z, not ${quoted(text)}`)
  } else if (ms !== null && ms <= validFromMs) complain('valid_to is not after valid_from')
  return ms
}

export const readMeter = ({ meter_id: text }: Fields, complain: Complain): string | null => {
  if (!/^[\x20-\x7e]{0,64}$/.test(text))
    complain(`meter_id has at most 64 printable ASCII characters, not ${quoted(text)}`)
  return text === '' ? null : text
}
