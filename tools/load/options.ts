import { parseArgs } from 'node:util'
import { mostDevices } from './plan/fleet.ts'
import { type LoadPlan, type NbiotProfile, nbiotProfiles, startSecondsOf } from './plan/plan.ts'
import { LoadFault } from './system/system.ts'

export const usage = `npm run load -- --devices N --minutes M [options]

  --speed X            the fleet's clock runs X times faster (1); each device reports once an hour of it
  --share sigfox=50    percent of the devices that report by Sigfox, the others by NB-IoT
  --profile NAME,…     of the NB-IoT devices: ${nbiotProfiles.join(', ')} (all)
  --sigfox-batches     callbacks as one batch a second, not one by one
  --seed N             the same seed, the same fleet
  --loud-device        one device at 1,000 times the rate of the others, from half-time on
  --faults LIST        kill:TARGET@10s and stop:TARGET@20s+30s, with commas; or storm
  --bus sqs|kinesis    of the system that is started (sqs)
  --json FILE, --html FILE, --quiet
  --http URL --udp HOST:PORT --api URL --token-env NAME [--metrics URL] [--i-own-this]
                       a system that runs already; without these one is started and stopped`

/** Where a system is that somebody else started. */
export interface Addresses {
  readonly httpUrl: string
  readonly udpHost: string
  readonly udpPort: number
  readonly apiUrl: string
  readonly metricsUrl: string | null
  readonly tokenEnv: string
}

export interface Options {
  readonly plan: LoadPlan
  readonly bus: 'sqs' | 'kinesis'
  readonly addresses: Addresses | null
  readonly faults: string | null
  readonly json: string | null
  readonly html: string | null
  readonly quiet: boolean
  readonly assembly: string | null
}

const optionTypes = {
  devices: { type: 'string' },
  minutes: { type: 'string' },
  speed: { type: 'string', default: '1' },
  share: { type: 'string', default: 'sigfox=50' },
  profile: { type: 'string', default: nbiotProfiles.join() },
  'sigfox-batches': { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  'loud-device': { type: 'boolean', default: false },
  faults: { type: 'string' },
  bus: { type: 'string', default: 'sqs' },
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
} as const

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: optionTypes }).values
  } catch (error) {
    throw new LoadFault(`${(error as Error).message}\n\n${usage}`)
  }
}
type Values = ReturnType<typeof parse>

const longestFleetMinutes = 30 * 24 * 60

/** Reads a number in a range, or adds a sentence to `faults`. */
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

const hostOf = (url: string): string | null => {
  try {
    return new URL(url).hostname
  } catch {
    return null
  }
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

const readAddresses = (values: Values, faults: string[]): Addresses | null => {
  const { http, udp, api, metrics } = values
  const tokenEnv = values['token-env']
  if ([http, udp, api, metrics, tokenEnv].every((one) => one === undefined)) return null
  for (const [name, text] of Object.entries({ http, udp, api, 'token-env': tokenEnv }))
    if (text === undefined) faults.push(`--${name} is missing: a system that runs already needs all its addresses.`)
  const [udpHost = '', port = ''] = udp?.split(/:(?=\d+$)/) ?? []
  if (udp !== undefined && !/^\d{1,5}$/.test(port)) faults.push(`--udp ${udp} is no HOST:PORT.`)
  for (const [name, text] of Object.entries({ http, api, metrics })) {
    if (text === undefined) continue
    const host = hostOf(text)
    if (host === null) faults.push(`--${name} ${text} is no URL.`)
    else if (!isLoopback(host) && !values['i-own-this'])
      faults.push(`--${name} ${text} is not on this machine: say --i-own-this if the system there is yours to load.`)
  }
  if (udp !== undefined && !isLoopback(udpHost) && !values['i-own-this'])
    faults.push(`--udp ${udp} is not on this machine: say --i-own-this if the system there is yours to load.`)
  if (values.faults !== undefined)
    faults.push('--faults needs the system that this run starts itself: it kills nothing of anybody else.')
  const withoutSlash = (url = '') => url.replace(/\/$/, '')
  return {
    httpUrl: withoutSlash(http),
    apiUrl: withoutSlash(api).replace(/\/v1$/, ''),
    udpHost,
    udpPort: Number(port),
    metricsUrl: metrics === undefined ? null : withoutSlash(metrics).replace(/\/metrics$/, ''),
    tokenEnv: tokenEnv ?? '',
  }
}

const isProfile = (name: string): name is NbiotProfile => (nbiotProfiles as readonly string[]).includes(name)

const readProfiles = (text: string, faults: string[]): NbiotProfile[] => {
  const names = text.split(',')
  for (const name of names.filter((one) => !isProfile(one)))
    faults.push(`--profile ${name}: a device may have ${nbiotProfiles.join(', ')}.`)
  return names.filter(isProfile)
}

/** @throws LoadFault with a sentence for everything that is wrong */
export const readOptions = (args: readonly string[], nowMs: number): Options => {
  const values = parse(args)
  const faults: string[] = []
  const number = numberReader(faults)
  const devices = number('devices', values.devices, { min: 1, max: mostDevices, whole: true })
  const minutes = number('minutes', values.minutes, { min: 0.01, max: 7 * 24 * 60, whole: false })
  const speed = number('speed', values.speed, { min: 1, max: 100_000, whole: false })
  const seed = number('seed', values.seed, { min: 0, max: 2 ** 31, whole: true })
  const share = /^sigfox=(.*)$/.exec(values.share)?.[1]
  const sigfoxShare = number('share', share ?? values.share, { min: 0, max: 100, whole: true })
  if (minutes * speed > longestFleetMinutes)
    faults.push(
      `--minutes ${minutes} at --speed ${speed} are more than 30 days of the fleet: older messages are refused.`,
    )
  const { bus } = values
  if (bus !== 'sqs' && bus !== 'kinesis') faults.push(`--bus ${bus}: it is sqs or kinesis.`)
  const profiles = readProfiles(values.profile, faults)
  const addresses = readAddresses(values, faults)
  if (faults.length > 0) throw new LoadFault(`${faults.join('\n')}\n\n${usage}`)
  const seconds = minutes * 60
  return {
    plan: {
      devices,
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
    addresses,
    faults: values.faults ?? null,
    json: values.json ?? null,
    html: values.html ?? null,
    quiet: values.quiet,
    assembly: values.assembly ?? null,
  }
}
