import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { postgresReadingStore } from '../../adapters/postgres/reading-store.ts'
import { sha256 } from '../../adapters/sha256.ts'
import { countPulses } from '../../core/count-pulses.ts'
import type { MessageId } from '../../core/identity.ts'
import type { ReadingStore } from '../../core/ports.ts'
import { profileOfDatagram, profiles } from '../../core/profiles/index.ts'

/**
 * A Sigfox pulse worker that has loaded and decoded, and writes when it is told to.
 * @param heldWrite which of its writes is held: the first is that of its batch
 */
export const heldWorker = async (pool: pg.Pool, ids: readonly MessageId[], heldWrite = 1) => {
  const store = postgresReadingStore(pool)
  const reached = Promise.withResolvers<void>()
  const mayGoOn = Promise.withResolvers<void>()
  let writes = 0
  const held: ReadingStore = {
    ...store,
    inBatch: (work) =>
      store.inBatch((batch) =>
        work({
          ...batch,
          record: async (decoded) => {
            writes++
            if (writes === heldWrite) {
              reached.resolve()
              await mayGoOn.promise
            }
            return batch.record(decoded)
          },
        }),
      ),
  }
  const pulse = countPulses(
    { store: held, digest: sha256, profiles, profileOfDatagram, defaultProfile: 'adeunis-pulse@3' },
    'sigfox',
  )
  const counted = pulse(ids)
  await reached.promise
  return { counted, goOn: () => mayGoOn.resolve() }
}

export const isDone = (work: Promise<unknown>, withinMs: number): Promise<boolean> =>
  Promise.race([work.then(() => true), pause(withinMs).then(() => false)])
