import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Assignment, SenderMessage, Slice, Summary } from './messages.ts'

export interface Sender {
  readonly pid: number
  /** Settles when everything is sent, and answered or given up. */
  readonly done: Promise<Summary>
  /** Stops sending. */
  readonly stop: () => void
}

/** Starts a process that sends a plan. It reports to `take` five times a second. */
export const startSender = (assignment: Assignment, take: (slice: Slice) => void): Sender => {
  const child = fork(new URL('./main.ts', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const done = new Promise<Summary>((sent, failed) => {
    child.on('message', (message: SenderMessage) => {
      if ('slice' in message) take(message.slice)
      else if ('summary' in message) sent(message.summary)
      else failed(new Error(`The sender failed: ${message.fault}`))
    })
    void once(child, 'exit').then(([code, signal]) => failed(new Error(`The sender ended (${signal ?? code}).`)))
  })
  done.catch(() => undefined)
  child.send(assignment)
  return {
    pid: child.pid ?? 0,
    done,
    stop: () => void (child.connected && child.send('stop', () => undefined)),
  }
}
