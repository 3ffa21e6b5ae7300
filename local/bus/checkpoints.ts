import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How far a shard has been handled. */
interface Checkpoint {
  /** When its stream was made. The emulator keeps nothing, and the number is void in a stream made again. */
  readonly madeAt: number
  readonly sequenceNumber: string
}

export interface Checkpoints {
  readonly read: (shard: string) => Checkpoint | null
  readonly write: (shard: string, checkpoint: Checkpoint) => void
}

/** Keeps checkpoints in `DATA_DIR/checkpoints`: one file for each shard, written whole or not at all. */
export const openCheckpoints = (dataDir: string): Checkpoints => {
  const folder = join(dataDir, 'checkpoints')
  mkdirSync(folder, { recursive: true })
  const path = (shard: string) => join(folder, `${shard}.json`)
  return {
    read: (shard) => {
      try {
        return JSON.parse(readFileSync(path(shard), 'utf8')) as Checkpoint
      } catch {
        return null
      }
    },
    write: (shard, checkpoint) => {
      writeFileSync(`${path(shard)}.new`, JSON.stringify(checkpoint))
      renameSync(`${path(shard)}.new`, path(shard))
    },
  }
}
