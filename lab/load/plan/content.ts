import type { Told } from '../../ledger/model.ts'
import type { Devices } from './devices.ts'
import { type Sample, writeDatagram } from './frames.ts'
import { mix } from './hash.ts'
import type { Places } from './places.ts'
import { type LoadPlan, periodSeconds } from './plan.ts'
import { type SigfoxKind, sigfoxFrame } from './sigfox-frames.ts'

/** Samples of a history: the hour's, and those of the three quarters before it. */
const quarters = 4
export const quarterSeconds = periodSeconds / quarters
const quartersBack = Array.from({ length: quarters }, (_, back) => back)

const unreadableSalt = 0x0bad
const unreadableOfThousand = 2
const messagesADay = 24

/** Readings of channel A at the message's own time, of channel B, and of A one, two and three quarters before. */
export const bitOf = (channel: string, back: number) =>
  channel === 'A' ? 1 << back : channel === 'B' && back === 0 ? 2 : 0
const bothChannels = 3
const allQuarters = (1 << quarters) - 1
const bitsOfSigfox = { both: bothChannels, A: 1, B: 2, alive: 0 } as const

/** What each message of a plan says, and what must be read in it. */
export const createContent = ({ seed, devices }: LoadPlan, roster: Devices, places: Places) => {
  const { deviceOf, rankOf, timeOf, isLoud } = places
  const isSigfox = (number: number) => roster.isSigfox(deviceOf(number))

  const kindOf = (number: number): SigfoxKind => {
    if (mix(seed ^ unreadableSalt, number) % 1_000 < unreadableOfThousand) return 'unreadable'
    const device = deviceOf(number)
    const place = device + rankOf(number)
    if (place % messagesADay === 0) return 'alive'
    if (!roster.isPeriodic(device)) return 'both'
    return place % 2 === 0 ? 'A' : 'B'
  }
  const frameHex = (number: number): string => {
    const [device, kind, at] = [deviceOf(number), kindOf(number), timeOf(number)]
    const indexes =
      kind === 'A' || kind === 'B'
        ? quartersBack.map((back) => roster.index(device, kind === 'A' ? 0 : 1, at - back * quarterSeconds))
        : [roster.index(device, 0, at), roster.index(device, 1, at)]
    return sigfoxFrame(kind, rankOf(number), indexes)
  }

  /** A device without a clock may send no two messages that are alike: it counts at least a pulse an hour. */
  const unclockedIndex = (number: number) =>
    (roster.index(deviceOf(number), 0, timeOf(number)) + rankOf(number)) % 2 ** 32

  const samplesOf = (number: number): Sample[] => {
    const [device, at] = [deviceOf(number), timeOf(number)]
    if (roster.hasTwoChannels(device))
      return [0, 1].map((channel) => ({ seconds: at, index: roster.index(device, channel, at) }))
    if (roster.isUnclocked(device)) return [{ seconds: at, index: unclockedIndex(number) }]
    // the last one is the sample of the message before: where that was lost, this one tells of it
    const samples = isLoud(number) ? 1 : quarters + Number(number >= devices)
    return Array.from({ length: samples }, (_, back) => {
      const seconds = at - back * quarterSeconds
      return { seconds, index: roster.index(device, 0, seconds) }
    })
  }
  const datagram = (number: number, target: Buffer): number => {
    const device = deviceOf(number)
    return writeDatagram(target, roster.profileOf(device), roster.block, device, rankOf(number), samplesOf(number))
  }

  const told = (number: number): readonly Told[] => {
    if (isSigfox(number)) {
      const kind = kindOf(number)
      return kind === 'unreadable' ? [] : [[number, bitsOfSigfox[kind]]]
    }
    const device = deviceOf(number)
    if (isLoud(number) || roster.isUnclocked(device)) return [[number, 1]]
    if (roster.hasTwoChannels(device)) return [[number, bothChannels]]
    const own: Told = [number, allQuarters]
    return number >= devices ? [own, [number - devices, 1]] : [own]
  }
  return {
    isSigfox,
    /** The device's profile knows no such frame: it is kept, and nothing can be read in it. */
    isUnreadable: (number: number) => isSigfox(number) && kindOf(number) === 'unreadable',
    frameHex,
    /** Writes it and answers its length. */
    datagram,
    unclockedIndex,
    told,
    /** Whether a reading of this message can be looked for at the message's own time. */
    tellsItsTime: (number: number) =>
      isSigfox(number) ? told(number).some(([, bits]) => bits > 0) : !roster.isUnclocked(deviceOf(number)),
  }
}
