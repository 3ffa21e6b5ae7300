import { statfsSync } from 'node:fs'
import { LoadFault } from './system.ts'

/** Rows, indexes, write-ahead log and queues together. */
const bytesPerMessage = 4_000
const reserveBytes = 1_000_000_000
const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1)

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** @throws LoadFault if the messages of a run would fill the disk, or the folder does not exist */
export const requireSpace = (folder: string, messages: number): void => {
  const needed = messages * bytesPerMessage + reserveBytes
  let free: number
  try {
    free = freeBytes(folder)
  } catch (error) {
    throw new LoadFault(
      `The system cannot run in ${folder}, set TMPDIR to another folder: ${(error as Error).message}.`,
    )
  }
  if (free < needed)
    throw new LoadFault(
      `The disk of ${folder} has ${gigabytes(free)} GB left and ${messages.toLocaleString('en-GB')} messages may need ${gigabytes(needed)} GB: send fewer, or set TMPDIR to a larger disk.`,
    )
}

/** Whether the run must stop sending. The space that is left then is for messages that are under way. */
export const isDiskFull = (folder: string): boolean => {
  try {
    return freeBytes(folder) < reserveBytes / 4
  } catch {
    // a missing folder is reported elsewhere
    return false
  }
}
