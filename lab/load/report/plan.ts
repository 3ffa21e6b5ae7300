import { counted, figure } from '../result/figures.ts'
import type { FaultMark, LoadResult } from '../result/result.ts'

/** The plan in one line. */
export const planOf = ({ plan }: LoadResult): string =>
  [
    `${counted(plan.devices, 'device')} for ${figure(plan.minutes)} min${plan.speed === 1 ? '' : ` at ${figure(plan.speed)} times the speed`}`,
    `${figure(plan.messagesPerSecond)} messages a second`,
    `${figure(plan.sigfoxShare)} % over Sigfox${plan.sigfoxBatches ? ' in one-second batches' : ' one by one'}`,
    `bus ${plan.bus}`,
    `seed ${plan.seed}`,
  ].join(', ')

/** A fault in words: `stop of db at 10 s, for 5 s`. */
export const saidOf = ({ kind, target, atSecond, lastedSeconds }: FaultMark): string =>
  `${kind} of ${target} at ${figure(atSecond)} s${lastedSeconds > 0 ? `, for ${figure(lastedSeconds)} s` : ''}`
