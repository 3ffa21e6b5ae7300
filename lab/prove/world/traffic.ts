import { type Flow, imbalances } from '../../../test/support/flow.ts'
import type { Random } from '../../../test/support/random.ts'
import { createFleet, type FleetPlan } from '../../ledger/fleet.ts'
import { createLedger, faultsOf, type Ledger, type Verdict } from '../../ledger/ledger.ts'
import { drain, readBack } from '../../ledger/read-back.ts'
import { sendCallback } from '../../ledger/sigfox-door.ts'
import { sendDatagrams } from '../../ledger/udp-door.ts'
import type { Context } from './proof.ts'
import type { World } from './world.ts'

const periodSeconds = 600

/** A ledger for this many messages, half of them for each door. The last are an hour old. */
export const openLedger = (messages: number, share: Partial<FleetPlan> = {}): Ledger => {
  const messagesPerDevice = Math.min(100, Math.max(5, Math.floor(messages / 40)))
  const devices = Math.max(1, Math.round(messages / 2 / messagesPerDevice))
  const startSeconds = Math.floor(Date.now() / 1000) - 3_600 - (messagesPerDevice + 1) * periodSeconds
  return createLedger(
    createFleet({
      sigfoxDevices: devices,
      nbiotDevices: devices,
      messagesPerDevice,
      startSeconds,
      periodSeconds,
      ...share,
    }),
  )
}

/**
 * How many messages a proof sends. kinesis-local takes some 1,000 records a second and stops answering beyond that, so it
 * gets a tenth.
 */
export const messagesOf = ({ world, size }: Context, ci: number, full: number): number =>
  size === 'ci' ? ci : world.kind === 'kinesis' ? Math.max(ci, full / 10) : full

export interface Traffic {
  /** Sigfox messages in a batch callback, on average. */
  readonly perCallback: number
  /** All callbacks have the same size, not one to twice the average. */
  readonly even: boolean
  /** Share of the callbacks that are sent again although they were confirmed. */
  readonly copies: number
  readonly senders: number
  readonly windowSize: number
}

const inGroups = (numbers: readonly number[], sizeOf: () => number) => {
  const groups: number[][] = []
  for (let at = 0; at < numbers.length; ) {
    const size = sizeOf()
    groups.push(numbers.slice(at, at + size))
    at += size
  }
  return groups
}

const numbersOf = (ledger: Ledger, door: 'sigfox' | 'nbiot') => {
  const [first, end] = ledger.fleet.range(door)
  return Array.from({ length: end - first }, (_, i) => first + i)
}

/** Sends all Sigfox messages of the fleet in random order, until each is confirmed. */
const sendSigfox = async (world: World, ledger: Ledger, random: Random, traffic: Partial<Traffic> = {}) => {
  const { perCallback = 20, even = false, copies = 0.1, senders = 4 } = traffic
  const sizeOf = () => (even ? perCallback : 1 + random.below(2 * perCallback - 1))
  const groups = inGroups(random.shuffled(numbersOf(ledger, 'sigfox')), sizeOf)
  const queue = random.shuffled([...groups, ...groups.filter(() => random.next() < copies)])
  const sender = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await sendCallback(world.sigfox, ledger, next, random)
  }
  await Promise.all(Array.from({ length: senders }, sender))
}

/** Sends all datagrams of the fleet in random order, each once. */
export const sendNbiot = (world: World, ledger: Ledger, random: Random, { windowSize = 100 }: Partial<Traffic> = {}) =>
  sendDatagrams(world.udp, ledger, random.shuffled(numbersOf(ledger, 'nbiot')), windowSize)

export const sendAll = async (world: World, ledger: Ledger, random: Random, traffic: Partial<Traffic> = {}) => {
  await Promise.all([sendSigfox(world, ledger, random, traffic), sendNbiot(world, ledger, random, traffic)])
}

/** Waits until nothing is under way. */
export const settle = (world: World, limitMs: number) =>
  drain(world.local.httpUrl, { limitMs, waiting: world.waiting, quietMs: world.quietMs })

export interface Reckoning {
  readonly verdict: Verdict
  readonly flow: Flow
  readonly faults: string[]
}

/**
 * Drains, reads everything back, and compares it message by message (the ledger) and in total (the flow, P37).
 * @param isOurs the devices that the ledger knows, where the proof has sent for others too
 */
export const reckon = async (
  world: World,
  ledger: Ledger,
  limitMs: number,
  isOurs: (deviceId: string) => boolean = () => true,
): Promise<Reckoning> => {
  const { flow, inTime, packs } = await settle(world, limitMs)
  await readBack(world.local.httpUrl, ledger, isOurs)
  const verdict = ledger.verdict()
  const dead = await world.deadLetters()
  const faults = [
    ...(inTime ? [] : [`not drained after ${limitMs / 1000} s: ${packs} packs wait on the bus`]),
    ...(dead > 0 ? [`${dead} packs were given up and lie in the dead letters`] : []),
    ...faultsOf(verdict),
    ...imbalances(flow),
  ]
  return { verdict, flow, faults }
}

/** The figures that every reckoning has. */
export const figuresOf = ({ verdict, flow }: Reckoning): Record<string, number> => ({
  sent: verdict.sent,
  confirmed: verdict.ok,
  unknown: verdict.unknown,
  stored: verdict.stored,
  lost: verdict.lost,
  unexpected: verdict.unexpected,
  duplicated: verdict.duplicated,
  misread: verdict.misread,
  redelivered: flow.sigfox.raw.duplicates + flow.nbiot.raw.duplicates,
})
