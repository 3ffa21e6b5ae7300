import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { postgresReadingStore } from '../../adapters/postgres/write/reading-store.ts'
import type { ReadingStore } from '../../core/ingest/reading-store.ts'
import type { MessageId } from '../../core/message/identity.ts'
import { pulseWorker } from './pipeline.ts'

/** A store in which something else happens before each write of a batch. */
export const interruptedStore = (pool: pg.Pool, beforeWrite: () => Promise<void>): ReadingStore => {
  const store = postgresReadingStore(pool)
  return {
    ...store,
    inBatch: (work) =>
      store.inBatch((batch) =>
        work({
          ...batch,
          record: async (decoded) => {
            await beforeWrite()
            return batch.record(decoded)
          },
        }),
      ),
  }
}

/**
 * A Sigfox pulse worker that has loaded and decoded, and writes when it is told to.
 * @param heldWrite which of its writes is held: the first is that of its batch
 */
export const heldWorker = async (pool: pg.Pool, ids: readonly MessageId[], heldWrite = 1) => {
  const reached = Promise.withResolvers<void>()
  const mayGoOn = Promise.withResolvers<void>()
  let writes = 0
  const store = interruptedStore(pool, async () => {
    writes++
    if (writes === heldWrite) {
      reached.resolve()
      await mayGoOn.promise
    }
  })
  const pulse = pulseWorker(pool, 'sigfox', { store })
  const counted = pulse(ids)
  await reached.promise
  return { counted, goOn: () => mayGoOn.resolve() }
}

export const isDone = (work: Promise<unknown>, withinMs: number): Promise<boolean> =>
  Promise.race([work.then(() => true), pause(withinMs).then(() => false)])
