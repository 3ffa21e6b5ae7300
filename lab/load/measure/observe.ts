import { setTimeout as pause } from 'node:timers/promises'
import { type Flow, flowSince, readFlow } from '../../../test/support/flow.ts'
import { type Scrape, scrape } from '../../ledger/scrape.ts'
import type { PackAges, Sample } from '../result/result.ts'
import type { System } from '../system/system.ts'
import type { Account } from './account.ts'
import { createCpuMeter } from './cpu.ts'
import { totalsOf } from './doubt.ts'

const scrapeEveryMs = 500
const sampleEveryMs = 1_000
/** A sample does not wait longer than this for a database that hangs. */
const flowLimitMs = 700

export interface ObserverParts {
  readonly system: System
  /** What the system had counted before the run. */
  readonly before: Flow
  readonly account: Account
  readonly senderPid: number
  readonly beginsAtMs: number
  readonly sampled: (sample: Sample) => void
}

/** Calls `work` at an interval, never twice at once, from an instant until the signal. A failed call is ignored. */
const repeatedly = async (fromMs: number, everyMs: number, signal: AbortSignal, work: () => Promise<void>) => {
  await pause(Math.max(0, fromMs - Date.now()), null, { signal }).catch(() => undefined)
  for (let next = Date.now(); !signal.aborted; ) {
    await work().catch(() => undefined)
    next = Math.max(next + everyMs, Date.now())
    await pause(next - Date.now(), null, { signal }).catch(() => undefined)
  }
}

/** Watches the system from outside while it works. */
export const observe = ({ system, before, account, senderPid, beginsAtMs, sampled }: ObserverParts) => {
  const end = new AbortController()
  const cpu = createCpuMeter()
  const scrapes: Scrape[] = []
  const timeline: Sample[] = []
  let isAnswering = true
  let waiting: number | null = null
  let oldestPackMs: PackAges | null = null

  let flow = before
  let asked: Promise<void> | null = null
  /** Asks for the counts, one question at a time. */
  const askForFlow = () => {
    asked ??= readFlow(system.apiUrl)
      .then((now) => {
        flow = now
      })
      .catch(() => undefined)
      .finally(() => {
        asked = null
      })
    return asked
  }

  const lookAtGateway = async () => {
    const one = system.gatewayUrl === null ? null : await scrape(system.gatewayUrl)
    isAnswering = one !== null
    if (one) scrapes.push(one)
  }
  const lookAtProcesses = async (begin = false) => {
    const look = system.look ? await system.look() : null
    waiting = look?.waiting ?? null
    oldestPackMs = look?.oldestPackMs ?? null
    const runner = system.runnerPid === null ? [] : [system.runnerPid]
    const all = { ...look?.processes, runner, sender: [senderPid] }
    if (begin) cpu.begin(all)
    else cpu.look(all)
  }
  const sample = async () => {
    const second = Math.round((Date.now() - beginsAtMs) / 1_000)
    if (second === timeline.at(-1)?.second) return
    await lookAtProcesses()
    const [sent, accepted] = [account.sent(), totalsOf(scrapes).accepted + account.confirmedCallbacks()]
    await Promise.race([askForFlow(), pause(flowLimitMs)])
    const lanes = Object.values(flowSince(before, flow))
    const now: Sample = {
      second,
      sent,
      accepted,
      stored: lanes.reduce((sum, { raw }) => sum + raw.stored, 0),
      readings: lanes.reduce((sum, { readings }) => sum + readings, 0),
      waitingPacks: waiting,
      oldestPackMs,
    }
    timeline.push(now)
    sampled(now)
  }
  const running = Promise.all([
    repeatedly(Date.now(), scrapeEveryMs, end.signal, lookAtGateway),
    repeatedly(beginsAtMs, sampleEveryMs, end.signal, sample),
  ])
  return {
    begin: async () => {
      await lookAtGateway()
      await lookAtProcesses(true)
    },
    scrapes,
    timeline,
    cpu,
    waiting: () => waiting,
    isAnswering: () => isAnswering,
    /** Stops watching, after a last look at the end. */
    stop: async () => {
      end.abort()
      await running
      await lookAtGateway()
      await lookAtProcesses().catch(() => undefined)
    },
  }
}

export type Observer = ReturnType<typeof observe>
