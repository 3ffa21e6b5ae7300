import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LoadPlan } from '../plan/plan.ts'
import { LoadFault } from '../system/system.ts'

const everyMs = 5_000

/** A disk that fills up takes a part and says so by its count alone; only the next write fails. */
const writeWhole = (descriptor: number, bytes: Readonly<Uint8Array>, position: number) => {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes as Uint8Array, at, bytes.length - at, position + at)
}

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
  let descriptor: number | null = null
  try {
    mkdirSync(folder, { recursive: true })
    descriptor = openSync(path, 'w')
    writeWhole(descriptor, head, 0)
    writeWhole(descriptor, answers, head.length)
  } catch (error) {
    if (descriptor !== null) closeSync(descriptor)
    rmSync(path, { force: true })
    throw new LoadFault(`The ledger cannot be kept in ${path}: ${(error as Error).message}.`)
  }
  const opened = descriptor
  const write = () => {
    try {
      writeWhole(opened, answers, head.length)
    } catch {
      // what was written before stays; a run does not end for the sake of its ledger
    }
  }
  const timer = setInterval(write, everyMs)
  return {
    path,
    /** Writes what is known, and keeps the file or removes it. */
    close: (keep: boolean) => {
      clearInterval(timer)
      if (keep) write()
      closeSync(opened)
      if (!keep) rmSync(path, { force: true })
    },
  }
}
