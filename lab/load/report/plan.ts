import { counted, figure } from '../result/figures.ts'
import type { FaultMark, LoadResult } from '../result/result.ts'

/** What was planned, in one line. */
export const planOf = ({ plan }: LoadResult): string =>
  [
    `${counted(plan.devices, 'device')} for ${figure(plan.minutes)} min${plan.speed === 1 ? '' : ` at ${figure(plan.speed)} times the speed`}`,
    `${figure(plan.messagesPerSecond)} messages a second`,
    `${figure(plan.sigfoxShare)} % over Sigfox${plan.sigfoxBatches ? ' in one-second batches' : ' one by one'}`,
    `bus ${plan.bus}`,
    `seed ${plan.seed}`,
  ].join(', ')

/** `kill of raw-worker at 10 s`, and how long it lasted where it did. */
export const saidOf = ({ kind, target, atSecond, lastedSeconds }: FaultMark): string =>
  `${kind} of ${target} at ${figure(atSecond)} s${lastedSeconds > 0 ? `, for ${figure(lastedSeconds)} s` : ''}`
