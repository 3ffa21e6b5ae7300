import { statfsSync } from 'node:fs'
import { LoadFault } from './system.ts'

/** Of rows, indexes, write-ahead log and queues, all told. */
const bytesPerMessage = 4_000
const reserveBytes = 1_000_000_000
const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1)

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** @throws LoadFault where the messages of a run would fill the disk */
export const requireSpace = (folder: string, messages: number): void => {
  const [free, needed] = [freeBytes(folder), messages * bytesPerMessage + reserveBytes]
  if (free < needed)
    throw new LoadFault(
      `The disk of ${folder} has ${gigabytes(free)} GB left and ${messages.toLocaleString('en-GB')} messages may need ${gigabytes(needed)} GB: send fewer, or set TMPDIR to a larger disk.`,
    )
}

/** Whether a run that goes on would fill the disk. */
export const isDiskFull = (folder: string): boolean => freeBytes(folder) < reserveBytes / 4
