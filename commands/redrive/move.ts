import { randomUUID } from 'node:crypto'
import { progressBar } from '../command-line/progress.ts'
import type { Queues, Topic } from './queues.ts'

/** Turns at once: a turn of ten takes three round trips. */
const turnsAtOnce = 8

/** What became of a topic's dead letters. */
export interface Moved {
  readonly moved: number
  /** Those that another reader held, or that could not be sent on. */
  readonly left: number
  /** What SQS said of those that could not be sent on. */
  readonly failures: readonly string[]
  /** Given up again during the run: their worker still fails. */
  readonly cameBack: number
  readonly interrupted: boolean
}

/**
 * Moves a topic's dead letters back to it, until none is left, `limit` is reached, the run is interrupted, or something
 * comes back that this run has moved.
 */
export const moveAll = async (
  queues: Queues,
  { deadLetters, name }: Topic,
  limit: number,
  interruption: AbortSignal,
): Promise<Moved> => {
  const runId = randomUUID()
  const all = Math.min(limit, (await queues.count(deadLetters)).waiting)
  const bar = progressBar()
  const failures: string[] = []
  let [moved, cameBack, received] = [0, 0, 1]
  try {
    while (received > 0 && moved < limit && cameBack === 0 && failures.length === 0 && !interruption.aborted) {
      const shares = Array.from({ length: turnsAtOnce }, (_, n) => Math.min(10, limit - moved - 10 * n))
      const most = shares.filter((share) => share > 0)
      const turns = await Promise.all(most.map((share) => queues.moveSome(deadLetters, runId, share)))
      received = 0
      for (const turn of turns) {
        received += turn.received
        moved += turn.moved
        cameBack += turn.cameBack
        failures.push(...turn.failures)
      }
      bar.show(moved / Math.max(all, moved), `${name}: ${moved} packs`)
    }
  } finally {
    bar.end()
  }
  const { waiting, held } = await queues.count(deadLetters)
  return { moved, left: waiting + held, failures, cameBack, interrupted: interruption.aborted }
}
