import type { LoadFleet } from '../plan/fleet.ts'
import { minuteMs } from '../plan/plan.ts'
import type { Callback, openCallbacks } from './callbacks.ts'
import type { UnwantedCounts } from './messages.ts'
import type { Notes } from './notes.ts'
import { hostileCallback, malformedCallback, malformedLine } from './unwanted.ts'

/** Less than the door takes, with room for one more line. */
const batchBytes = 250_000
const mostTries = 8
const longestPauseMinutes = 8

interface Parts {
  readonly fleet: LoadFleet
  readonly token: string
  readonly post: ReturnType<typeof openCallbacks>['post']
  readonly notes: Notes
  readonly unwanted: UnwantedCounts
  /** Called with each answer: when the request was due, and how long after that the answer came. */
  readonly answered: (dueMs: number, afterMs: number) => void
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number
}

/** The Sigfox network. It sends callbacks one by one or in a batch a second, and repeats what is not confirmed. */
export const sigfoxNetwork = ({ fleet, token, post, notes, unwanted, answered, nowMs }: Parts) => {
  const pauseMs = minuteMs(fleet.plan)
  let open = 0
  let stopped = false

  /** Calls `done` with the last status, or 0 without an answer. */
  const postUntilAnswered = (callback: Callback, dueMs: number, done: (status: number) => void) => {
    open++
    const attempt = (tries: number) =>
      post(callback, (status) => {
        const isAnswered = status >= 200 && status < 500 && status !== 429
        if (!isAnswered && tries < mostTries && !stopped) {
          setTimeout(attempt, Math.min(2 ** (tries - 1), longestPauseMinutes) * pauseMs, tries + 1)
          return
        }
        open--
        if (isAnswered) answered(dueMs, nowMs() - dueMs)
        done(isAnswered ? status : 0)
      })
    attempt(1)
  }

  const noted = (number: number, status: number) => {
    if (status >= 200 && status < 300) notes.confirmed(number)
    else if (status > 0) notes.refused(number)
  }

  const json = (number: number) =>
    `{"device":"${fleet.deviceIdOf(number)}","time":${fleet.timeOf(number)},"data":"${fleet.frameHex(number)}","seqNumber":${fleet.seqNumberOf(number)}}`
  const line = (number: number) =>
    `${fleet.deviceIdOf(number)};${fleet.timeOf(number)};false;null;37FF;${fleet.frameHex(number)};null;45;5;-120.50;${fleet.seqNumberOf(number)}`

  let lines: string[] = []
  let numbers: number[] = []
  let bytes = 0
  let malformedLines = 0
  const postBatch = (dueMs: number) => {
    if (lines.length === 0) return
    const [sent, malformed] = [numbers, malformedLines]
    const callback = { path: '/sigfox/batch', contentType: 'text/plain', body: lines.join('\n'), token }
    ;[lines, numbers, bytes, malformedLines] = [[], [], 0, 0]
    for (const number of sent) notes.callback(number)
    postUntilAnswered(callback, dueMs, (status) => {
      for (const number of sent) noted(number, status)
      if (status >= 200 && status < 300) unwanted.malformedAnswered += malformed
    })
  }
  const addLine = (text: string, dueMs: number) => {
    lines.push(text)
    bytes += text.length + 1
    if (bytes > batchBytes) postBatch(dueMs)
  }

  return {
    send: (number: number, dueMs: number) => {
      if (fleet.plan.sigfoxBatches) {
        numbers.push(number)
        return addLine(line(number), dueMs)
      }
      notes.callback(number)
      const callback = { path: '/sigfox/uplink', contentType: 'application/json', body: json(number), token }
      postUntilAnswered(callback, dueMs, (status) => noted(number, status))
    },
    /** Sends the batch of the second that has ended. */
    endSecond: postBatch,
    sendMalformed: (number: number, dueMs: number) => {
      unwanted.malformedCallbacks++
      if (fleet.plan.sigfoxBatches) {
        malformedLines++
        return addLine(malformedLine(fleet, number), dueMs)
      }
      postUntilAnswered(malformedCallback(fleet, number, token), dueMs, (status) => {
        if (status >= 200 && status < 300) unwanted.malformedAnswered++
      })
    },
    sendHostile: (number: number) => {
      unwanted.hostileCallbacks++
      open++
      post(hostileCallback(fleet, number), (status) => {
        open--
        if (status === 401 || status === 403) unwanted.hostileRefused++
        else if (status >= 200 && status < 300) unwanted.intruders++
      })
    },
    /** Callbacks without an answer so far. */
    open: () => open,
    stop: () => {
      stopped = true
    },
  }
}
