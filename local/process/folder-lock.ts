import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartFault } from './starting.ts'

/** Empty except on Linux. Process ids are reused, in containers at once: with its start time, an id is one process. */
const startTime = (pid: number) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const owner = (path: string) => {
  try {
    const [pid, started] = readFileSync(path, 'utf8').split(' ')
    return { pid: Number(pid), started: started ?? '' }
  } catch {
    return null
  }
}

/**
 * Locks a data folder for this process. A lock whose process has ended is taken over.
 * @returns a function that unlocks the folder
 * @throws StartFault when another process holds the lock
 */
export const lockFolder = (dataDir: string): (() => void) => {
  mkdirSync(dataDir, { recursive: true })
  const path = join(dataDir, 'lock')
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, `${process.pid} ${startTime(process.pid)}`)
  try {
    for (;;) {
      try {
        // A link appears whole or not at all: a half-written lock is never read.
        linkSync(mine, path)
        return () => rmSync(path, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const held = owner(path)
      if (held && held.pid !== process.pid && isAlive(held.pid) && startTime(held.pid) === held.started)
        throw new StartFault(
          `Another local run (process ${held.pid}) uses the data in ${dataDir}: stop it, or set DATA_DIR to another folder.`,
        )
      if (held?.pid === process.pid && startTime(process.pid) === held.started)
        throw new StartFault(`This process already runs on the data in ${dataDir}: set DATA_DIR to another folder.`)
      rmSync(path, { force: true })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}
