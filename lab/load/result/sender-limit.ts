import { percent } from './figures.ts'
import type { LoadResult } from './result.ts'

/** A sender that falls further behind was held up. */
const mostLagMs = 100
/** A core counts as full from here on, because other processes take the rest. */
const fullPercent = 90

const isFull = (value: number | null) => value !== null && value >= fullPercent

/** How far the sender fell behind its plan, and what the limit was. Null where it kept to its plan. */
export const limitOf = ({ sender }: LoadResult): string | null => {
  const { lagMs, ownCorePercent, machinePercent, cores } = sender
  if (lagMs <= mostLagMs) return null
  const who = isFull(ownCorePercent)
    ? 'the sender was the limit, not the system'
    : isFull(machinePercent)
      ? 'the machine was the limit'
      : 'neither was full, so something held the sender up for a moment'
  return `the sender fell ${Math.round(lagMs)} ms behind its plan with ${percent(ownCorePercent)} of a core of its own while ${cores === 1 ? 'the core was' : `all ${cores} cores were`} ${percent(machinePercent)} busy: ${who}`
}
