import { expect, test } from 'vitest'
import { createLoadFleet } from '../../load/plan/fleet.ts'
import { messagesOf, messagesPerSecond, radioCounts } from '../../load/plan/plan.ts'
import { planText } from '../../load/plan/print.ts'
import { radioCodes, radioOf, unwantedOf } from '../../load/plan/radio.ts'
import { createSchedule } from '../../load/sender/schedule.ts'
import { planOf } from './plans.ts'

interface Departure {
  readonly number: number
  readonly dueMs: number
  readonly isCopy: boolean
  readonly atMs: number
}

/** All departures of a plan, with a clock that ticks every 4 ms. */
const departuresOf = (plan: ReturnType<typeof planOf>) => {
  const schedule = createSchedule(createLoadFleet(plan))
  const departures: Departure[] = []
  let atMs = 0
  for (; !schedule.isOver() && atMs < 10 * plan.seconds * 1_000; atMs += 4)
    schedule.sendUntil(atMs, (number, dueMs, isCopy) => departures.push({ number, dueMs, isCopy, atMs }))
  return { departures, endedAtMs: atMs }
}
const plan = planOf({ loudDevice: true })
const fleet = createLoadFleet(plan)
const { departures, endedAtMs } = departuresOf(plan)

test('every message leaves once, a lost one never, a repeated one twice', () => {
  const times = new Map<number, number>()
  for (const { number } of departures) times.set(number, (times.get(number) ?? 0) + 1)
  for (let number = 0; number < fleet.count; number++) {
    const radio = number < fleet.hourly ? radioOf(plan.seed, number) : 'plain'
    expect(times.get(number) ?? 0, `${number}, ${radio}`).toBe(radio === 'lost' ? 0 : radio === 'repeated' ? 2 : 1)
  }
})

test('nothing leaves before it is due or more than a tick later, and everything has left at the end', () => {
  for (const { atMs, dueMs } of departures) {
    expect(atMs).toBeGreaterThanOrEqual(dueMs)
    expect(atMs - dueMs).toBeLessThan(20)
  }
  expect(endedAtMs).toBeLessThan(plan.seconds * 1_000 + 50)
})

test('the messages of each second are as many as the plan says', () => {
  const perSecond = messagesPerSecond(plan)
  for (const second of [5, 20, 25]) {
    const sent = departures.filter(
      ({ number, atMs }) => number < fleet.hourly && Math.floor(atMs / 1_000) === second,
    ).length
    expect(Math.abs(sent / perSecond - 1)).toBeLessThan(0.35)
  }
  expect(messagesOf(planOf({ devices: 3_600_000, seconds: 600, speed: 1 }))).toBe(600_000)
})

test('Sigfox repeats after 1, 2 or 4 minutes, CoAP after 2 or 4 seconds, as long as the run lasts', () => {
  const delays = { sigfox: new Set<number>(), nbiot: new Set<number>() }
  for (const { number, dueMs, isCopy } of departures) {
    const after = Math.round(dueMs - fleet.dueMs(number))
    if (isCopy && fleet.dueMs(number) < 50_000) delays[fleet.isSigfox(number) ? 'sigfox' : 'nbiot'].add(after)
  }
  // a minute of the fleet's clock is 0.4 s of ours at a speed of 150
  expect([...delays.sigfox].sort((a, b) => a - b)).toEqual([400, 800, 1_600])
  expect([...delays.nbiot].sort((a, b) => a - b)).toEqual([2_000, 4_000])
})

test('a late message comes late, and a reordered one after the next of its device', () => {
  const first = new Map<number, number>()
  for (const { number, dueMs } of departures) if (!first.has(number)) first.set(number, dueMs)
  let overtaken = 0
  for (const { number, dueMs } of departures) {
    if (number >= fleet.hourly) continue
    const radio = radioOf(plan.seed, number)
    if (radio === 'late') expect(dueMs).toBeGreaterThan(fleet.dueMs(number))
    if (radio === 'reordered' && (first.get(number + plan.devices) ?? Number.POSITIVE_INFINITY) < dueMs) overtaken++
  }
  expect(overtaken).toBeGreaterThan(5)
})

test('the loud device sends a thousand times as often as another, in the second half', () => {
  const loud = departures.filter(({ number }) => number >= fleet.hourly)
  // half a minute at a speed of 150 is an hour and a quarter, in which a message comes every 3.6 seconds
  expect(loud).toHaveLength(1_250)
  expect(Math.min(...loud.map(({ dueMs }) => dueMs))).toBe(30_000)
})

test('the printed plan names every behaviour', () => {
  const counts = radioCounts(plan)
  for (const code of radioCodes) expect(counts[code], code).toBeGreaterThan(0)
  const kinds = new Set(Array.from({ length: fleet.hourly }, (_, number) => unwantedOf(plan.seed, number)))
  expect([...kinds].sort()).toEqual(['hostile', 'malformed', null])
  for (const word of ['2,000 devices, seed 7', 'rollover', 'replaced', 'lost', 'reordered', 'malformed', '1,000 times'])
    expect(planText(plan)).toContain(word)
})
