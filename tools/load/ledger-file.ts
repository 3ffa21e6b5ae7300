import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LoadPlan } from './plan/plan.ts'
import { LoadFault } from './system/system.ts'

const everyMs = 5_000

/**
 * The ledger on disk, for whoever wants to know how far a run came that did not end: a line of JSON with the plan, then
 * a byte for each message (0 unsent, 1 unknown, 2 refused, 3 confirmed). Its room is taken at the begin, so that a full
 * disk does not cost it.
 * @throws LoadFault where it cannot be made
 */
export const openLedgerFile = (plan: LoadPlan, answers: Readonly<Uint8Array>) => {
  const folder = resolve('.data')
  const path = join(folder, `load-${process.pid}.ledger`)
  const head = Buffer.from(`${JSON.stringify(plan)}\n`)
  const write = (descriptor: number) => writeSync(descriptor, answers as Uint8Array, 0, answers.length, head.length)
  let descriptor: number
  try {
    mkdirSync(folder, { recursive: true })
    descriptor = openSync(path, 'w')
    writeSync(descriptor, head)
    write(descriptor)
  } catch (error) {
    throw new LoadFault(`The ledger cannot be kept in ${path}: ${(error as Error).message}.`)
  }
  const timer = setInterval(() => write(descriptor), everyMs)
  return {
    path,
    /** Writes what is known, and keeps the file or removes it. */
    close: (keep: boolean) => {
      clearInterval(timer)
      if (keep) write(descriptor)
      closeSync(descriptor)
      if (!keep) rmSync(path, { force: true })
    },
  }
}
