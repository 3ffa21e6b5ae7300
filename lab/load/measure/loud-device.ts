import type { Contrast, LoadResult, Percentiles } from '../result/result.ts'
import { phaseOf } from '../sender/phases.ts'
import { confirmPercentiles } from './confirm.ts'
import { totalsOf } from './doubt.ts'
import type { Evidence } from './evidence.ts'

type Loud = NonNullable<LoadResult['loudDevice']>
export type LoudTimes = Pick<Loud, 'ackMs' | 'confirmMs' | 'endToEndMs'>

/** Up to this many times as long, plus what the clock of each kind resolves, does not count as slower. */
const factor = 1.5
const kinds: readonly { key: keyof LoudTimes; name: string; slackMs: number }[] = [
  { key: 'ackMs', name: 'due to answer', slackMs: 5 },
  { key: 'confirmMs', name: 'socket to bus', slackMs: 5 },
  // sampled once a second and polled every 50 ms or longer, so the 99th percentile is that of a few dozen
  { key: 'endToEndMs', name: 'due to reading', slackMs: 250 },
]
const quantiles = ['p50', 'p99'] as const

const ms = (value: number) => Number(value.toPrecision(3)).toLocaleString('en-GB')

const compared = (name: string, slackMs: number, { before, during }: Contrast, at: keyof Percentiles) => {
  const [a, b] = [before[at], during[at]]
  if (a === null || b === null) return []
  return [{ isSlower: b > factor * a + slackMs, says: `${name} ${at} ${ms(a)} -> ${ms(b)} ms` }]
}

/**
 * Whether the other devices became slower while one sent at a thousand times their rate, in a sentence with the figures.
 * Null where nothing was measured. The exit code does not depend on it, because times are no test.
 */
export const judgeLoudDevice = (times: LoudTimes): Pick<Loud, 'slows' | 'says'> => {
  const all = kinds.flatMap(({ key, name, slackMs }) =>
    quantiles.flatMap((at) => compared(name, slackMs, times[key], at)),
  )
  const slower = all.filter(({ isSlower }) => isSlower)
  const list = (some: typeof all) => some.map(({ says }) => says).join(', ')
  if (all.length === 0) return { slows: null, says: 'Whether the loud device slows the others was not measured.' }
  return slower.length === 0
    ? { slows: false, says: `One device at 1,000 times the rate does not slow the others: ${list(all)}.` }
    : {
        slows: true,
        says: `With one device at 1,000 times the rate the others took longer: ${list(slower)}; compare a run of the same seed without it.`,
      }
}

/** The rule of the judgement, for the report. */
export const loudDeviceRule = `Before: the second quarter of the run. While it is loud: the second half. Slower is what takes more than ${factor} times as long plus ${kinds.map(({ name, slackMs }) => `${slackMs} ms (${name})`).join(', ')}. A fault in either of them counts too.`

/** What the loud device did to the others: times before it became loud and while it was. */
export const loudDeviceOf = ({ fleet, account, observer, summary, endToEnd, beginsAtMs }: Evidence): Loud => {
  let stored = 0
  for (let number = fleet.hourly; number < fleet.count; number++) stored += Number(account.ledger.isThere(number))
  const runMs = fleet.plan.seconds * 1_000
  const confirmed = (phase: 'before' | 'during') => {
    const { scrapes } = observer
    const first = scrapes.findIndex(({ atMs }) => phaseOf(atMs - beginsAtMs, runMs) === phase)
    const last = scrapes.findLastIndex(({ atMs }) => phaseOf(atMs - beginsAtMs, runMs) === phase)
    return confirmPercentiles(totalsOf(first < 0 ? [] : scrapes.slice(Math.max(0, first - 1), last + 1)))
  }
  const only = ({ before, during }: Contrast): Contrast => ({ before, during })
  const times = {
    ackMs: only(summary.ackMs),
    confirmMs: { before: confirmed('before'), during: confirmed('during') },
    endToEndMs: only(endToEnd.read()),
  }
  return { messages: fleet.count - fleet.hourly, stored, ...times, ...judgeLoudDevice(times) }
}
