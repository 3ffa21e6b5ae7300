import { canonicalDeviceId } from '../message/identity.ts'
import { formatInstant } from '../message/instant.ts'
import type { Lane } from '../message/lane.ts'
import type { Reading } from '../readings/reading.ts'
import type { DecoderPorts } from '../told/decode-message.ts'
import { type Difference, differenceOf, isEmpty, mayDecode } from './difference.ts'
import type { Kept, Scope } from './kept.ts'

/** What is kept of devices, seen and changed as a whole. */
export interface ReplayStore {
  readonly load: (deviceIds: readonly string[]) => Promise<Kept>
  /** Waits until all batches that are under way have written what follows from what they have loaded. */
  readonly settle: () => Promise<void>
  /**
   * While no other replay of these devices and no closing is under way: loads, and applies what `decide` makes of that,
   * counted in the flow of `lane`. All of it or nothing.
   */
  readonly change: (lane: Lane, deviceIds: readonly string[], decide: (kept: Kept) => Difference) => Promise<Difference>
}

/** What a replay found, and changed unless it was a dry run. Each count is one of rows. */
export interface ReplayReport {
  readonly devices: number
  readonly messages: number
  readonly readingsAdded: number
  readonly readingsChanged: number
  readonly readingsGone: number
  readonly eventsWritten: number
  readonly eventsGone: number
  readonly rejectsOpened: number
  readonly rejectsResolved: number
  /** Messages whose state is another now. */
  readonly newlyDecoded: number
  readonly newlyRejected: number
  /** The first few readings of the difference, a line each. */
  readonly examples: readonly string[]
}

const mostExamples = 20

export const emptyReport: ReplayReport = {
  devices: 0,
  messages: 0,
  readingsAdded: 0,
  readingsChanged: 0,
  readingsGone: 0,
  eventsWritten: 0,
  eventsGone: 0,
  rejectsOpened: 0,
  rejectsResolved: 0,
  newlyDecoded: 0,
  newlyRejected: 0,
  examples: [],
}

const line = ({ deviceId, channel, readAtMs }: Reading, what: string) =>
  `${deviceId} ${channel} ${formatInstant(readAtMs)}  ${what}`

const short = ({ index, quality }: Reading) => `${index} ${quality}`

const reportOf = (difference: Difference): ReplayReport => ({
  devices: 0,
  messages: 0,
  readingsAdded: difference.added.length,
  readingsChanged: difference.changed.length,
  readingsGone: difference.gone.length,
  eventsWritten: difference.eventsToWrite.length,
  eventsGone: difference.eventsToDrop.length,
  rejectsOpened: difference.rejects.length,
  rejectsResolved: difference.resolved.length,
  newlyDecoded: difference.states.filter(({ now }) => now === 'decoded').length,
  newlyRejected: difference.states.filter(({ now }) => now === 'rejected').length,
  examples: [
    ...difference.changed.slice(0, mostExamples).map(({ was, now }) => line(now, `${short(was)} -> ${short(now)}`)),
    ...difference.gone.slice(0, mostExamples).map((reading) => line(reading, `${short(reading)} gone`)),
    ...difference.added.slice(0, mostExamples).map((reading) => line(reading, `${short(reading)} added`)),
  ].slice(0, mostExamples),
})

/** Two reports as one. */
export const addReports = (a: ReplayReport, b: ReplayReport): ReplayReport => {
  const counts = Object.entries(a).map(([name, count]) => [name, Number(count) + Number(b[name as keyof ReplayReport])])
  return { ...Object.fromEntries(counts), examples: [...a.examples, ...b.examples].slice(0, mostExamples) }
}

const replayLane =
  ({ store, ...decoder }: DecoderPorts & { readonly store: ReplayStore }, scope: Scope, dryRun: boolean) =>
  async (lane: Lane, deviceIds: readonly string[]): Promise<ReplayReport> => {
    // whoever has loaded messages with the registry of before shall have written them
    if (!dryRun) await store.settle()
    const before = await store.load(deviceIds)
    const messages = before.devices.flatMap((device) => device.messages)
    const known = new Set(messages.map(({ id }) => id))
    // what comes in meanwhile and is not decoded yet has left nothing so far: its worker is at it
    const decide = (kept: Kept): Difference => {
      const devices = kept.devices.map((device) => ({
        ...device,
        messages: device.messages.filter(
          (message) => device.states.has(message.id) || (known.has(message.id) && mayDecode(scope, message)),
        ),
      }))
      return differenceOf(decoder, { ...kept, devices }, scope)
    }
    const report: ReplayReport = { ...emptyReport, devices: deviceIds.length, messages: known.size }
    const difference = decide(before)
    if (isEmpty(difference)) return report
    return addReports(report, reportOf(dryRun ? difference : await store.change(lane, deviceIds, decide)))
  }

/**
 * Decodes all raw messages of the devices again, with the profiles and the registry of now, and makes what is kept of
 * them what it would be had they come for the first time: readings, events, rejects, states and counts. Running it
 * again changes nothing; messages may come in meanwhile.
 */
export const replayDevices =
  (ports: DecoderPorts & { readonly store: ReplayStore }) =>
  async (deviceIds: readonly string[], scope: Scope, dryRun: boolean): Promise<ReplayReport> => {
    const replay = replayLane(ports, scope, dryRun)
    const byLane = Map.groupBy(deviceIds, (id) => canonicalDeviceId(id)?.network ?? 'sigfox')
    let report = emptyReport
    for (const [lane, ids] of byLane) report = addReports(report, await replay(lane, ids))
    return report
  }
