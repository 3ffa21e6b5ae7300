import type { DeviceId } from '../../core/message/identity.ts'
import type { DeviceChange } from '../../core/registry/set-device.ts'
import { Misuse } from '../command-line/command.ts'
import * as read from './fields.ts'

/** What `set` can change of a device. */
export const setOptions = {
  profile: { type: 'string' },
  weight: { type: 'string' },
  period: { type: 'string' },
  'time-zone': { type: 'string' },
  meter: { type: 'string' },
  from: { type: 'string' },
} as const

type Named = { readonly [K in keyof typeof setOptions]?: string }

/**
 * The change that the options name. The rules are those of a line of the file.
 * @throws Misuse with every fault
 */
export const changeOf = ({ deviceId, network }: DeviceId, named: Named, fromMs: number | null): DeviceChange => {
  const { profile, weight, period, 'time-zone': timeZone, meter } = named
  if (Object.values({ profile, weight, period, timeZone, meter }).every((value) => value === undefined))
    throw new Misuse('What should be set? Use --profile, --weight, --period, --time-zone or --meter.')
  const fields = {
    profile,
    millilitres_per_pulse: weight,
    sample_period_seconds: period,
    time_zone: timeZone,
    meter_id: meter,
  } as read.Fields
  const faults: string[] = []
  const complain = (fault: string) => faults.push(fault.endsWith('?') ? fault : `${fault}.`)
  const change: DeviceChange = {
    deviceId,
    network,
    fromMs,
    profile: profile === undefined ? null : read.readProfile(fields, network, complain),
    ...(weight === undefined ? { weightMillilitres: null, weightPulses: null } : read.readWeight(fields, complain)),
    samplePeriodSeconds: period === undefined ? null : read.readPeriod(fields, complain),
    timeZone: timeZone === undefined ? null : read.readTimeZone(fields, complain),
    meterId: meter === undefined ? null : read.readMeter(fields, complain),
  }
  if (faults.length > 0) throw new Misuse(faults.join('\n'))
  return change
}
