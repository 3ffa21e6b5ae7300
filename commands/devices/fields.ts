import { profiles } from '../../core/devices/index.ts'
import { canonicalDeviceId, type DeviceId, deviceIdForm as form } from '../../core/message/identity.ts'
import { instantForm, parseInstant } from '../../core/message/instant.ts'
import { type Lane, laneOf, lanes } from '../../core/message/lane.ts'
import { nearest } from '../command-line/nearest.ts'

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
/** Columns that may follow them. What a file leaves out or empty here, the registration keeps. */
export const optionalColumns = ['meter_id', 'valid_to'] as const
export type Column = (typeof columns)[number] | (typeof optionalColumns)[number]
export type Fields = Readonly<Record<Column, string>>

/** Receives a clause without a full stop that says what is wrong with the line. */
export type Complain = (fault: string) => void

const mostInteger = 2_147_483_647

const positive = (text: string): number | null => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= mostInteger ? value : null
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 60))

export const readNetwork = ({ network }: Fields, complain: Complain): Lane | null => {
  const lane = lanes.find((name) => name === network)
  if (lane === undefined) complain(`network must be ${lanes.join(' or ')}, not ${quoted(network)}`)
  return lane ?? null
}

export const readDevice = (fields: Fields, network: Lane | null, complain: Complain): DeviceId | null => {
  const id = canonicalDeviceId(fields.device_id)
  if (id !== null && (network === null || id.network === network)) return id
  const expected = network === null ? `${form.sigfox} or ${form.nbiot}` : `${form[network]} for ${network}`
  complain(`device_id must be ${expected}, not ${quoted(fields.device_id)}`)
  return null
}

export const readProfile = ({ profile }: Fields, network: Lane | null, complain: Complain): string => {
  const known = profiles.get(profile)
  if (known === undefined) {
    complain(`profile ${quoted(profile)} is not known; did you mean ${nearest(profile, [...profiles.keys()])}?`)
  } else if (network !== null && laneOf(known.uplinkKind) !== network) {
    complain(`profile ${profile} is for ${laneOf(known.uplinkKind)}, but the device is on ${network}`)
  }
  return profile
}

export const readWeight = ({ millilitres_per_pulse: text }: Fields, complain: Complain) => {
  const [millilitres = '', pulses = '1', ...rest] = text.split('/')
  const weight = { weightMillilitres: positive(millilitres), weightPulses: positive(pulses) }
  if (weight.weightMillilitres === null || weight.weightPulses === null || rest.length > 0) {
    complain(
      `millilitres_per_pulse must be a whole number above zero, or a fraction like 1000/450, not ${quoted(text)}`,
    )
  }
  return { weightMillilitres: weight.weightMillilitres ?? 1, weightPulses: weight.weightPulses ?? 1 }
}

/** Empty if it is not known. */
export const readPeriod = ({ sample_period_seconds: text }: Fields, complain: Complain): number | null => {
  const seconds = positive(text)
  if (text !== '' && seconds === null) {
    complain(`sample_period_seconds must be empty or a whole number above zero, not ${quoted(text)}`)
  }
  return seconds
}

const timeZones = new Map<string, boolean>()

/** A fleet has few time zones, and checking one takes longer than the rest of a line. */
const isTimeZone = (name: string): boolean => {
  const known = timeZones.get(name) ?? checkTimeZone(name)
  if (timeZones.size < 1_000) timeZones.set(name, known)
  return known
}

const checkTimeZone = (name: string) => {
  try {
    // Intl also takes offsets like +01:00, but the offset of a place changes in summer
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

export const readTimeZone = ({ time_zone: name }: Fields, complain: Complain): string => {
  if (!isTimeZone(name)) complain(`time_zone must be an IANA name like Europe/Paris, not ${quoted(name)}`)
  return name
}

export const readValidFrom = ({ valid_from: text }: Fields, complain: Complain): number => {
  const ms = parseInstant(text)
  if (ms === null) complain(`valid_from must be ${instantForm}, not ${quoted(text)}`)
  return ms ?? 0
}

/** Empty if no end is known. */
export const readValidTo = ({ valid_to: text }: Fields, validFromMs: number, complain: Complain): number | null => {
  const ms = text === '' ? null : parseInstant(text)
  if (text !== '' && ms === null) {
    complain(`valid_to must be empty or ${instantForm}, not ${quoted(text)}`)
  } else if (ms !== null && ms <= validFromMs) complain('valid_to must be after valid_from')
  return ms
}

export const readMeter = ({ meter_id: text }: Fields, complain: Complain): string | null => {
  if (!/^[\x20-\x7e]{0,64}$/.test(text))
    complain(`meter_id must have at most 64 printable ASCII characters, not ${quoted(text)}`)
  return text === '' ? null : text
}
