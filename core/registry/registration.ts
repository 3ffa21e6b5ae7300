import type { Lane } from '../message/lane.ts'

/** What the registry says of a device from `validFromMs` on. */
export interface Registration {
  readonly network: Lane
  /** The name of its profile, which may be one that this version does not have. */
  readonly profile: string
  /** A pulse is `weightMillilitres / weightPulses` millilitres. */
  readonly weightMillilitres: number
  readonly weightPulses: number
  readonly samplePeriodSeconds: number | null
  /** IANA name, e.g. `Europe/Paris`. */
  readonly timeZone: string
  /** The operator's name of the water meter that carries the device. */
  readonly meterId: string | null
  /** Inclusive, milliseconds since 1970. */
  readonly validFromMs: number
  /** Exclusive, milliseconds since 1970. null: until the next registration, or for ever. */
  readonly validToMs: number | null
}

/** A registration of one device. A device has one for each `validFromMs`; each holds until the next. */
export interface RegisteredDevice extends Registration {
  readonly deviceId: string
}

/** A pulse weight as the registry's CSV writes it: `1000`, or `1000/450`. */
export const weightText = (weight: Pick<Registration, 'weightMillilitres' | 'weightPulses'>): string =>
  weight.weightPulses === 1 ? `${weight.weightMillilitres}` : `${weight.weightMillilitres}/${weight.weightPulses}`
