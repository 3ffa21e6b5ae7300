import { setTimeout as pause } from 'node:timers/promises'
import { createLoadFleet } from '../plan/fleet.ts'
import { unwantedOf } from '../plan/radio.ts'
import { openCallbacks } from './callbacks.ts'
import { openDatagrams } from './datagrams.ts'
import type { Assignment, SenderMessage, Summary, UnwantedCounts } from './messages.ts'
import { createNotes } from './notes.ts'
import { createPhases } from './phases.ts'
import { createSchedule } from './schedule.ts'
import { sigfoxNetwork } from './sigfox.ts'
import { watchStrain } from './strain.ts'
import { junkDatagram } from './unwanted.ts'

/** The sender. It is a separate process, so that its CPU is counted by itself and the ledger does not delay a message. */
const tickMs = 4
const sliceEveryMs = 200
const sourcesOf = { udp: 32, http: 8 } as const
/** How long to wait for answers after the last message: all tries of a callback. */
const answerLimitMs = 60_000

const say = (message: SenderMessage) => process.send?.(message)

/** Loopback addresses to send from. For another host the system chooses. */
const sources = (host: string, count: number): string[] =>
  process.platform === 'linux' && host.startsWith('127.')
    ? Array.from({ length: count }, (_, i) => `127.${10 + (i % 8)}.${i >> 3}.${1 + i}`)
    : []

const run = async ({ plan, httpUrl, token, udpHost, udpPort, beginsAtMs }: Assignment, stop: AbortSignal) => {
  const fleet = createLoadFleet(plan)
  const notes = createNotes()
  const latency = createPhases(plan.seconds * 1_000, 1_000)
  const unwanted: UnwantedCounts = {
    malformedCallbacks: 0,
    malformedAnswered: 0,
    hostileCallbacks: 0,
    hostileRefused: 0,
    intruders: 0,
    junkDatagrams: 0,
  }
  const callbacks = openCallbacks(httpUrl, sources(new URL(httpUrl).hostname, sourcesOf.http))
  const datagrams = await openDatagrams(udpHost, udpPort, sources(udpHost, sourcesOf.udp))
  await pause(Math.max(0, beginsAtMs - Date.now()))
  const beganAt = performance.now()
  const nowMs = () => performance.now() - beganAt
  const sigfox = sigfoxNetwork({
    fleet,
    token,
    post: callbacks.post,
    notes,
    unwanted,
    answered: latency.record,
    nowMs,
  })
  const schedule = createSchedule(fleet)
  const strain = watchStrain()
  let [copies, lastSentAtMs, second, slicedAt] = [0, 0, 0, 0]

  const sendUnwanted = (number: number, dueMs: number, isSigfox: boolean) => {
    const kind = unwantedOf(plan.seed, number)
    if (kind === null) return
    if (isSigfox) return kind === 'malformed' ? sigfox.sendMalformed(number, dueMs) : sigfox.sendHostile(number)
    unwanted.junkDatagrams++
    datagrams.sendBytes(junkDatagram(fleet, number, (target) => fleet.datagram(number, target)))
  }
  const send = (number: number, dueMs: number, isCopy: boolean) => {
    const isSigfox = fleet.isSigfox(number)
    if (isCopy) copies++
    else sendUnwanted(number, dueMs, isSigfox)
    if (isSigfox) return sigfox.send(number, dueMs)
    notes.datagram(number)
    datagrams.send((target) => fleet.datagram(number, target))
  }
  const tick = () => {
    const now = nowMs()
    const endOfSecond = (second + 1) * 1_000
    // a batch goes out when its second has ended
    schedule.sendUntil(Math.min(now, endOfSecond), (number, dueMs, isCopy) => {
      strain.late(nowMs() - dueMs - (isCopy ? 10 : 0))
      send(number, dueMs, isCopy)
    })
    if (now >= endOfSecond) {
      sigfox.endSecond(endOfSecond)
      strain.endSecond()
      second++
    }
    lastSentAtMs = Date.now()
  }
  const tell = () => {
    if (nowMs() - slicedAt < sliceEveryMs) return
    slicedAt = nowMs()
    say({ slice: notes.slice() })
  }

  while (!schedule.isOver() && !stop.aborted) {
    tick()
    tell()
    await pause(tickMs)
  }
  sigfox.endSecond(nowMs())
  strain.endSecond()
  if (stop.aborted) sigfox.stop()
  for (const limit = nowMs() + (stop.aborted ? 2_000 : answerLimitMs); sigfox.open() > 0 && nowMs() < limit; ) {
    tell()
    await pause(20)
    if (stop.aborted) sigfox.stop()
  }
  say({ slice: notes.slice() })
  const summary: Summary = {
    unwanted,
    copies,
    ackMs: latency.read(),
    strain: strain.worst(),
    lastSentAtMs,
  }
  say({ summary })
  datagrams.close()
  callbacks.close()
  process.disconnect()
}

const stop = new AbortController()
// Ctrl-C reaches the whole process group, and the parent decides what follows
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())
process.on('message', (message: Assignment | 'stop') => {
  if (message === 'stop') stop.abort()
  else run(message, stop.signal).catch((error: Error) => say({ fault: error.message }))
})
