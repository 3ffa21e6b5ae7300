import { parseArgs } from 'node:util'
import { load, stages } from '../../../bin/stages.ts'
import { mostDevices } from '../plan/devices.ts'
import { type LoadPlan, type NbiotProfile, nbiotProfiles, startSecondsOf, unclockedProfile } from '../plan/plan.ts'
import { type Addresses, readAddresses } from '../system/addresses.ts'
import { LoadFault } from '../system/system.ts'

const usage = `npm run load -- --devices N --minutes M [options]

  --devices N,N,…      the same plan for each size, one after another: how cost grows
  --speed X            the fleet's clock runs X times faster (1); each device reports once an hour of it
  --share sigfox=50    percent of the devices that report by Sigfox, the others by NB-IoT
  --profile NAME,…     of the NB-IoT devices, all unless said: ${nbiotProfiles.join(', ')}
  --sigfox-batches     callbacks as one batch a second, not one by one
  --seed N             the same seed, the same fleet
  --loud-device        one device at 1,000 times the rate of the others, from half-time on
  --faults LIST        kill:TARGET@10s and stop:TARGET@20s+30s, with commas; or storm
  --bus sqs|kinesis    of the system that is started (sqs)
  --stage NAME         whose batches and windows it has: ${Object.keys(stages).join(', ')} (load)
  --time-scale N       divides the times of its bus: after how long a killed worker's packs come again (36 with faults)
  --assembly FOLDER    an app synthesised before, its cdk.out
  --json FILE, --html FILE, --quiet
  --http URL --udp HOST:PORT --api URL --token-env NAME [--metrics URL] [--i-own-this]
                       a system that runs already; without these one is started and stopped`

export interface Options {
  /** The plan for the smallest size. */
  readonly plan: LoadPlan
  /** Devices of each run. Several sizes show how cost grows. */
  readonly sizes: readonly number[]
  readonly bus: 'sqs' | 'kinesis'
  readonly stage: string
  readonly addresses: Addresses | null
  readonly faults: string | null
  readonly json: string | null
  readonly html: string | null
  readonly quiet: boolean
  /** Folder of an app that is synthesised already. Null synthesises it. */
  readonly assembly: string | null
  /** Divides the bus's times. Null where it follows from the faults. */
  readonly timeScale: number | null
}

const optionTypes = {
  devices: { type: 'string' },
  minutes: { type: 'string' },
  speed: { type: 'string', default: '1' },
  share: { type: 'string', default: 'sigfox=50' },
  profile: { type: 'string' },
  'sigfox-batches': { type: 'boolean', default: false },
  seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  'loud-device': { type: 'boolean', default: false },
  faults: { type: 'string' },
  bus: { type: 'string', default: 'sqs' },
  stage: { type: 'string', default: load.name },
  json: { type: 'string' },
  html: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  http: { type: 'string' },
  udp: { type: 'string' },
  api: { type: 'string' },
  metrics: { type: 'string' },
  'token-env': { type: 'string' },
  'i-own-this': { type: 'boolean', default: false },
  assembly: { type: 'string' },
  'time-scale': { type: 'string' },
} as const

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: optionTypes }).values
  } catch (error) {
    throw new LoadFault(`${(error as Error).message}\n\n${usage}`)
  }
}
const longestFleetMinutes = 30 * 24 * 60

/** Reads a number within bounds, or adds a sentence to `faults`. */
const numberReader =
  (faults: string[]) =>
  (name: string, text: string | undefined, { min, max, whole }: { min: number; max: number; whole: boolean }) => {
    const value = Number(text)
    const isFine =
      text !== undefined && text !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))
    if (!isFine) {
      const given = text === undefined ? 'is missing' : `is ${JSON.stringify(text)}`
      faults.push(`--${name} ${given}: it is ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`)
    }
    return value
  }

const isProfile = (name: string): name is NbiotProfile => (nbiotProfiles as readonly string[]).includes(name)

/** Excludes devices without a clock from a running system: their messages look like those of earlier runs. */
const readProfiles = (text: string | undefined, isOwnSystem: boolean, faults: string[]): NbiotProfile[] => {
  if (text === undefined) return nbiotProfiles.filter((name) => isOwnSystem || name !== unclockedProfile)
  const names = text.split(',')
  if (!isOwnSystem && names.includes(unclockedProfile))
    faults.push(
      `--profile ${unclockedProfile}: it has no clock, so in a running system the messages of different runs look alike.`,
    )
  for (const name of names.filter((one) => !isProfile(one)))
    faults.push(`--profile ${name}: a device may have ${nbiotProfiles.join(', ')}.`)
  return names.filter(isProfile)
}

/** @throws LoadFault with a sentence for everything that is wrong */
export const readOptions = (args: readonly string[], nowMs: number): Options => {
  const values = parse(args)
  const faults: string[] = []
  const number = numberReader(faults)
  const sizes = (values.devices?.split(',') ?? [undefined]).map((one) =>
    number('devices', one, { min: 1, max: mostDevices, whole: true }),
  )
  sizes.sort((a, b) => a - b)
  const minutes = number('minutes', values.minutes, { min: 0.01, max: 7 * 24 * 60, whole: false })
  const speed = number('speed', values.speed, { min: 1, max: 100_000, whole: false })
  const seed = number('seed', values.seed, { min: 0, max: 2 ** 31, whole: true })
  const share = /^sigfox=(.*)$/.exec(values.share)?.[1]
  const sigfoxShare = number('share', share ?? values.share, { min: 0, max: 100, whole: true })
  if (minutes * speed > longestFleetMinutes)
    faults.push(
      `--minutes ${minutes} at --speed ${speed} are more than 30 days of the fleet: older messages are refused.`,
    )
  const scale = values['time-scale']
  const timeScale = scale === undefined ? null : number('time-scale', scale, { min: 1, max: 86_400, whole: true })
  const { bus, stage } = values
  if (bus !== 'sqs' && bus !== 'kinesis') faults.push(`--bus ${bus}: it is sqs or kinesis.`)
  if (!Object.hasOwn(stages, stage)) faults.push(`--stage ${stage}: it is ${Object.keys(stages).join(', ')}.`)
  const addresses = readAddresses(values, faults)
  const profiles = readProfiles(values.profile, addresses === null, faults)
  if (sizes.length > 1 && (addresses || values.faults))
    faults.push('--devices of several sizes: each starts its own system, and no faults are done to it.')
  if (faults.length > 0) throw new LoadFault(`${faults.join('\n')}\n\n${usage}`)
  const seconds = minutes * 60
  return {
    sizes,
    plan: {
      devices: sizes[0] ?? 0,
      seconds,
      speed,
      sigfoxShare,
      sigfoxBatches: values['sigfox-batches'],
      seed,
      profiles,
      startSeconds: startSecondsOf(nowMs, seconds, speed),
      loudDevice: values['loud-device'],
    },
    bus: bus === 'kinesis' ? 'kinesis' : 'sqs',
    stage,
    addresses,
    faults: values.faults ?? null,
    json: values.json ?? null,
    html: values.html ?? null,
    quiet: values.quiet,
    assembly: values.assembly ?? null,
    timeScale,
  }
}
