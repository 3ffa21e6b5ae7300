import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LoadPlan } from '../plan/plan.ts'
import { LoadFault } from '../system/system.ts'

const everyMs = 5_000

/** A disk that fills up writes a part and returns its length. Only the next write fails. */
const writeWhole = (descriptor: number, bytes: Readonly<Uint8Array>, position: number) => {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes as Uint8Array, at, bytes.length - at, position + at)
}

/**
 * The ledger on disk, which shows how far an interrupted run came. It holds a line of JSON with the plan, then one byte for
 * each message (0 unsent, 1 unknown, 2 refused, 3 confirmed). The whole file is written at the start, so that a full disk
 * cannot lose it.
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
      // what was written before stays, and a run does not end because of its ledger
    }
  }
  const timer = setInterval(write, everyMs)
  return {
    path,
    /** Writes the last state and keeps the file, or removes it. */
    close: (keep: boolean) => {
      clearInterval(timer)
      if (keep) write()
      closeSync(opened)
      if (!keep) rmSync(path, { force: true })
    },
  }
}
