import type { Told } from '../../ledger/model.ts'
import type { Devices } from './devices.ts'
import { type Sample, writeDatagram } from './frames.ts'
import { mix } from './hash.ts'
import type { Places } from './places.ts'
import { type LoadPlan, periodSeconds } from './plan.ts'
import { type SigfoxKind, sigfoxFrame } from './sigfox-frames.ts'

/** Samples of a history: one a quarter of an hour. */
const quarters = 4
export const quarterSeconds = periodSeconds / quarters
const quartersBack = Array.from({ length: quarters }, (_, back) => back)

const unreadableSalt = 0x0bad
const unreadableOfThousand = 2
const messagesADay = 24

/** The bit of a reading: channel A at the message's own time or up to three quarters earlier, or channel B. */
export const bitOf = (channel: string, back: number) =>
  channel === 'A' ? 1 << back : channel === 'B' && back === 0 ? 2 : 0
const bothChannels = 3
const allQuarters = (1 << quarters) - 1
const bitsOfSigfox = { both: bothChannels, A: 1, B: 2, alive: 0 } as const

/** What each message of a plan holds, and which readings must follow from it. */
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

  /** Two messages of a device without a clock must differ, so it counts at least one pulse an hour. */
  const unclockedIndex = (number: number) =>
    (roster.index(deviceOf(number), 0, timeOf(number)) + rankOf(number)) % 2 ** 32

  const samplesOf = (number: number): Sample[] => {
    const [device, at] = [deviceOf(number), timeOf(number)]
    if (roster.hasTwoChannels(device))
      return [0, 1].map((channel) => ({ seconds: at, index: roster.index(device, channel, at) }))
    if (roster.isUnclocked(device)) return [{ seconds: at, index: unclockedIndex(number) }]
    // the last one repeats the sample of the previous message, which may have been lost
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
    /** The device's profile does not know the frame: the message is stored, without readings. */
    isUnreadable: (number: number) => isSigfox(number) && kindOf(number) === 'unreadable',
    frameHex,
    /** Writes the datagram and returns its length. */
    datagram,
    unclockedIndex,
    told,
    /** Whether the message has a reading at its own time. */
    tellsItsTime: (number: number) =>
      isSigfox(number) ? told(number).some(([, bits]) => bits > 0) : !roster.isUnclocked(deviceOf(number)),
  }
}
