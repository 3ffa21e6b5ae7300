import { type Random, seeded } from '../../../test/support/random.ts'
import { LoadFault } from '../system/system.ts'

/** The targets of faults, and the names of their processes. */
export const targets = {
  gateway: /^gateway$/,
  callback: /Callback/,
  authorizer: /Authorizer/,
  'raw-worker': /RawWorker/,
  'pulse-worker': /PulseWorker/,
  'sigfox-raw-worker': /SigfoxRawWorker/,
  'nbiot-raw-worker': /NBIoTRawWorker/,
  'sigfox-pulse-worker': /SigfoxPulseWorker/,
  'nbiot-pulse-worker': /NBIoTPulseWorker/,
  api: /ReadingApi/,
  db: /^postgres$/,
  bus: /^(queues|streams)$/,
} as const
type Target = keyof typeof targets

export interface PlannedFault {
  /** `kill` ends the processes at once, `stop` suspends them for a while. */
  readonly kind: 'kill' | 'stop'
  readonly target: Target
  readonly atSecond: number
  readonly lastsSeconds: number
}

const isTarget = (name: string): name is Target => name in targets
const pattern = /^(kill|stop):([a-z-]+)@(\d+(?:\.\d+)?)s(?:\+(\d+(?:\.\d+)?)s)?$/

const readFault = (text: string, seconds: number): PlannedFault | string => {
  const [, kind, target = '', at, lasts] = pattern.exec(text) ?? []
  if (kind !== 'kill' && kind !== 'stop') return `--faults ${text}: a fault is kill:TARGET@10s or stop:TARGET@20s+30s.`
  if (!isTarget(target)) return `--faults ${text}: a target is ${Object.keys(targets).join(', ')}.`
  if (kind === 'kill' && target === 'bus')
    return `--faults ${text}: the emulator keeps its messages in memory, and a real bus does not die. Use stop:bus.`
  if ((kind === 'stop') !== (lasts !== undefined))
    return `--faults ${text}: ${kind === 'stop' ? 'a stop says how long, as in +30s' : 'a kill does not last'}.`
  const fault: PlannedFault = { kind, target, atSecond: Number(at), lastsSeconds: Number(lasts ?? 0) }
  return fault.atSecond < seconds ? fault : `--faults ${text}: the run ends at ${seconds} s.`
}

const stormTargets: readonly (readonly [PlannedFault['kind'], Target, mostSeconds: number])[] = [
  ['kill', 'gateway', 0],
  ['kill', 'callback', 0],
  ['kill', 'raw-worker', 0],
  ['kill', 'pulse-worker', 0],
  ['kill', 'db', 0],
  ['stop', 'gateway', 0.5],
  ['stop', 'raw-worker', 5],
  ['stop', 'pulse-worker', 5],
  ['stop', 'db', 8],
  ['stop', 'bus', 4],
]
const secondsPerFault = 5

/** A fault every few seconds, of each kind in turn. The seed decides the order and the times. */
const storm = (seconds: number, random: Random): PlannedFault[] => {
  const count = Math.max(3, Math.floor((0.8 * seconds) / secondsPerFault))
  const kinds = Array.from({ length: Math.ceil(count / stormTargets.length) }, () =>
    random.shuffled(stormTargets),
  ).flat()
  const spacing = (0.8 * seconds) / count
  return kinds.slice(0, count).map(([kind, target, most], i) => ({
    kind,
    target,
    atSecond: Math.round(10 * (0.1 * seconds + spacing * (i + 0.8 * random.next()))) / 10,
    lastsSeconds: Math.round(10 * most * (0.5 + random.next() / 2)) / 10,
  }))
}

/**
 * The faults of a run, sorted by time.
 * @throws LoadFault with a sentence for each that cannot be read
 */
export const readFaults = (text: string | null, seconds: number, seed: number): PlannedFault[] => {
  if (text === null) return []
  const read = text === 'storm' ? storm(seconds, seeded(seed)) : text.split(',').map((one) => readFault(one, seconds))
  const sentences = read.filter((one) => typeof one === 'string')
  if (sentences.length > 0) throw new LoadFault(sentences.join('\n'))
  return read.filter((one) => typeof one !== 'string').sort((a, b) => a.atSecond - b.atSecond)
}
