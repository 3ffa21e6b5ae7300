import { radioCodes, radioOf } from './radio.ts'

/** Profiles of simulated NB-IoT devices. Sigfox devices have the default profile of the stage. */
export const nbiotProfiles = [
  'dragino-sw3l-nb',
  'dragino-cpn01-nb',
  'dragino-cpl03-nb',
  'adeunis-pulse-nbiot',
  'elko-airtm-nb',
] as const
export type NbiotProfile = (typeof nbiotProfiles)[number]
/** Messages of this profile hold no time. */
export const unclockedProfile = 'elko-airtm-nb' satisfies NbiotProfile
export const sigfoxProfile = 'adeunis-pulse@3'

/** Everything that decides a run. The same plan sends the same messages at the same times. */
export interface LoadPlan {
  readonly devices: number
  /** How long the run sends, in seconds of this machine's clock. */
  readonly seconds: number
  /** How many times faster than this machine's clock the fleet's clock runs. */
  readonly speed: number
  /** Percent of the devices that report by Sigfox. */
  readonly sigfoxShare: number
  readonly sigfoxBatches: boolean
  readonly seed: number
  readonly profiles: readonly NbiotProfile[]
  /** The fleet's clock at the start of the run, whole seconds since 1970. */
  readonly startSeconds: number
  /** One more device, at a thousand times the rate of the others, in the second half of the run. */
  readonly loudDevice: boolean
}

/** Every device reports once an hour of the fleet's clock. */
export const periodSeconds = 3_600

export const messagesPerSecond = ({ devices, speed }: Pick<LoadPlan, 'devices' | 'speed'>) =>
  (devices * speed) / periodSeconds

/** Messages of all devices but the loud one. */
export const messagesOf = (plan: LoadPlan) => Math.max(1, Math.floor(messagesPerSecond(plan) * plan.seconds))

/** The fleet's clock meets this machine's at the end of the run, so device times are never in the future. */
export const startSecondsOf = (nowMs: number, seconds: number, speed: number) =>
  Math.floor(nowMs / 1000 - seconds * (speed - 1))

/** What stands for a minute between a radio's repeats. At normal speed it is a second, or repeats would outlast the run. */
export const minuteMs = ({ speed }: Pick<LoadPlan, 'speed'>) => 60_000 / Math.max(speed, 60)

/** How many messages meet each behaviour of the radio. */
export const radioCounts = (plan: LoadPlan): Record<(typeof radioCodes)[number], number> => {
  const counts = Object.fromEntries(radioCodes.map((code) => [code, 0])) as Record<(typeof radioCodes)[number], number>
  const messages = messagesOf(plan)
  for (let number = 0; number < messages; number++) counts[radioOf(plan.seed, number)]++
  return counts
}
