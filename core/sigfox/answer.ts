import type { Outcome } from '../message/outcome.ts'

/** A callback body larger than this is refused unread: the largest batch of one second is far smaller. */
export const largestBodyBytes = 256 * 1024

const mostReported = 100

export interface CallbackAnswer {
  readonly statusCode: 200 | 204 | 413 | 503
  /** JSON; null for none. */
  readonly body: string | null
}

export const tooLarge: CallbackAnswer = {
  statusCode: 413,
  body: JSON.stringify({ error: `a callback body has at most ${largestBodyBytes} bytes` }),
}

/**
 * What Sigfox is told. 503 makes it send the whole again: only where something is not stored. What was recorded as a
 * reject will never be better, so it is 200 with the reasons; 204 is its word for "taken, and no downlink".
 */
export const answerCallback = (outcomes: readonly Outcome[]): CallbackAnswer => {
  if (outcomes.some(({ status }) => status === 'retry'))
    return { statusCode: 503, body: JSON.stringify({ error: 'not stored; send it again' }) }
  const rejected = outcomes.flatMap((outcome, i) =>
    outcome.status === 'reject' ? [{ line: i + 1, reason: outcome.reason }] : [],
  )
  if (rejected.length === 0) return { statusCode: 204, body: null }
  const accepted = outcomes.length - rejected.length
  return { statusCode: 200, body: JSON.stringify({ accepted, rejected: rejected.slice(0, mostReported) }) }
}
