import { type DecoderPorts, undecoded } from '../decode/decode-message.ts'
import { decodingsOf, framesOf } from '../decode/decode-together.ts'
import type { Decoding } from '../decode/decoding.ts'
import { longestSeriesSeconds } from '../devices/profile.ts'
import type { Lane } from '../message/lane.ts'
import type { Message } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'
import type { MeterEvent } from '../readings/events.ts'
import { type ReplayStore, replayDevices } from '../replay/replay-devices.ts'
import type { DeviceSpan, ReadingStore } from './reading-store.ts'

interface Ports extends DecoderPorts {
  readonly store: ReadingStore
  readonly replays: ReplayStore
}

/** Few enough that all parts of half a day fit into memory. */
const devicesAtOnce = 50

const longestSeriesMs = longestSeriesSeconds * 1000
const wholeDevice = { fromMs: null, toMs: null, profile: null }

/**
 * Follows up what decoded messages say of other messages of their devices. The last of those who store such messages at
 * the same time sees them all, so it is done after their batch is committed; the batch comes again until it was done.
 *
 * Parts of a history are put together with the parts that are there. What follows from them follows as well when more
 * have come, and is merged like any reading. Only where that is not so (a device sends two series at once, or tells a
 * sample period for what was decoded without it), all of the device is decoded again.
 */
export const completeDevices = (ports: Ports, lane: Lane) => {
  const { store } = ports
  const replay = replayDevices({ ...ports, store: ports.replays })
  let isFirst = true
  return async (decodings: readonly Decoding[]): Promise<void> => {
    const events = decodings.flatMap((decoding) => decoding.events)
    const parts = events.filter(({ kind }) => kind === 'history_fragment')
    const periods = events.filter(({ kind }) => kind === 'sample_period')
    const ambiguous = parts.length > 0 ? await putTogether(ports, lane, parts) : []
    const otherwise = periods.length > 0 ? await timedOtherwise(store, periods) : []
    const devices = [...new Set([...ambiguous, ...otherwise])].sort()
    if (devices.length > 0) await store.requestReplay(devices)
    // what another process has left behind is nobody's otherwise
    if (devices.length > 0 || isFirst) await store.replayRequested((ids) => replay(ids, wholeDevice, false))
    isFirst = false
  }
}

/** @returns the devices whose parts do not say what they add up to */
const putTogether = async (ports: Ports, lane: Lane, parts: readonly MeterEvent[]): Promise<string[]> => {
  const byDevice = [...Map.groupBy(parts, ({ deviceId }) => deviceId)]
  const ambiguous: string[] = []
  for (let at = 0; at < byDevice.length; at += devicesAtOnce)
    ambiguous.push(...(await putGroupTogether(ports, lane, new Map(byDevice.slice(at, at + devicesAtOnce)))))
  return ambiguous
}

const putGroupTogether = (ports: Ports, lane: Lane, byDevice: ReadonlyMap<string, readonly MeterEvent[]>) =>
  ports.store.inBatch(async ({ load, historyParts, record }) => {
    const frames = framesOf(ports, await load(await historyParts([...byDevice.values()].flatMap(spansAround))))
    // an opening whose parts may not all be here is looked at with the parts that are near it
    const isWanted = (deviceId: string, openedMs: number) =>
      (byDevice.get(deviceId) ?? []).some(({ atMs }) => atMs >= openedMs && atMs <= openedMs + longestSeriesMs)
    const { decodings, ambiguous } = decodingsOf(ports, frames, [], isWanted)
    const telling = decodings.filter(({ readings, recordRejects }) => readings.length + recordRejects.length > 0)
    const refusal = (message: Message, reason: RejectReason) => undecoded(ports.digest, message, reason)
    if (telling.length > 0) await record({ lane, decodings: telling, rejects: [], refusal })
    return ambiguous
  })

/** Where the other parts of these parts' series may be. */
const spansAround = (parts: readonly MeterEvent[]): DeviceSpan[] =>
  parts.map(({ deviceId, atMs }) => ({ deviceId, fromMs: atMs - longestSeriesMs, toMs: atMs + longestSeriesMs }))

/** @returns the devices whose histories may have been timed by another period than the one they tell */
const timedOtherwise = async (store: ReadingStore, periods: readonly MeterEvent[]): Promise<string[]> => {
  const deviceIds = [...new Set(periods.map(({ deviceId }) => deviceId))]
  const told = await store.inBatch(({ samplePeriods }) => samplePeriods(deviceIds))
  const changes = periods.filter((period) => saysSomethingNew(period, told))
  return changes.length > 0 ? store.timedOtherwise(changes) : []
}

/** Whether histories after it were timed otherwise without it: most devices tell the same again and again. */
const saysSomethingNew = (period: MeterEvent, told: readonly MeterEvent[]): boolean => {
  const others = told.filter(({ deviceId, atMs }) => deviceId === period.deviceId && atMs <= period.atMs)
  const before = others.filter(({ atMs }) => atMs < period.atMs).sort((a, b) => a.atMs - b.atMs || a.value - b.value)
  const isAlone = others.length - before.length <= 1
  return !isAlone || before.at(-1)?.value !== period.value
}
