import { longestSeriesSeconds } from '../devices/profile.ts'
import type { MeterEvent } from '../readings/events.ts'
import { type ReplayStore, replayDevices } from '../replay/replay-devices.ts'
import type { DecoderPorts } from '../told/decode-message.ts'
import type { Decoding } from '../told/decoding.ts'
import type { ReadingStore } from './reading-store.ts'

interface Ports extends DecoderPorts {
  readonly store: ReadingStore
  readonly replays: ReplayStore
}

const longestSeriesMs = longestSeriesSeconds * 1000
const wholeDevice = { fromMs: null, toMs: null, profile: null }

/**
 * Follows up, after their batch is committed, messages that say what is told by others whose day is closed: a sample
 * period from such a day, or a part of a history that may have begun on one. Readings of open days are decided whenever
 * they are read; those of closed days are decoded again, device by device. The batch comes again until it was done.
 */
export const completeDevices = ({ store, replays, ...decoder }: Ports) => {
  const replay = replayDevices({ ...decoder, store: replays })
  let isFirst = true
  return async (decodings: readonly Decoding[], closedBeforeMs: number): Promise<void> => {
    const events = decodings.flatMap((decoding) => decoding.events)
    const periods = events.filter(({ kind, atMs }) => kind === 'sample_period' && atMs < closedBeforeMs)
    const parts = events.filter(
      ({ kind, atMs }) => kind === 'history_fragment' && atMs < closedBeforeMs + longestSeriesMs,
    )
    const otherwise = periods.length > 0 ? await timedOtherwise(store, periods) : []
    const devices = [...new Set([...otherwise, ...parts.map(({ deviceId }) => deviceId)])].sort()
    if (devices.length > 0) await store.requestReplay(devices)
    // the first batch also takes up requests that an earlier process left
    if (devices.length > 0 || isFirst) await store.replayRequested((ids) => replay(ids, wholeDevice, false))
    isFirst = false
  }
}

/** @returns the devices of which one of these periods says something new */
const timedOtherwise = async (store: ReadingStore, periods: readonly MeterEvent[]): Promise<string[]> => {
  const told = await store.samplePeriods([...new Set(periods.map(({ deviceId }) => deviceId))])
  return periods.filter((period) => saysSomethingNew(period, told)).map(({ deviceId }) => deviceId)
}

/** Whether histories after it are timed otherwise without it: most devices tell the same again and again. */
const saysSomethingNew = (period: MeterEvent, told: readonly MeterEvent[]): boolean => {
  const others = told.filter(({ deviceId, atMs }) => deviceId === period.deviceId && atMs <= period.atMs)
  const before = others.filter(({ atMs }) => atMs < period.atMs).sort((a, b) => a.atMs - b.atMs || a.value - b.value)
  const isAlone = others.length - before.length <= 1
  return !isAlone || before.at(-1)?.value !== period.value
}
