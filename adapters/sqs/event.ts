import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Outcome } from '../../core/outcome.ts'
import type { RejectRecord } from '../../core/rejects.ts'
import type { Lane } from '../../core/uplink.ts'
import { log } from '../log.ts'
import { type ItemCodec, UnknownPackVersion, unpackItems } from '../pack/pack.ts'

/** A record of the event and the run of items it holds in the batch; none where its version is unknown. */
export interface PackRun {
  readonly messageId: string
  readonly first: number
  readonly count: number
  readonly unreadable: boolean
}

/**
 * The answer that Lambda understands: the records that must come again. A record comes again when one of its items
 * does (the others in it are idempotent), or when it could not be read yet. Only ids of the batch, each once, also
 * where a standard queue delivers a record twice in one batch.
 */
export const partialResponse = (runs: readonly PackRun[], outcomes: readonly Outcome[]): SQSBatchResponse => {
  const comesAgain = runs.filter(({ first, count, unreadable }) => {
    if (unreadable) return true
    // an item without an outcome was not handled
    for (let i = first; i < first + count; i++) if ((outcomes[i]?.status ?? 'retry') === 'retry') return true
    return false
  })
  const ids = new Set(comesAgain.map(({ messageId }) => messageId))
  return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) }
}

/**
 * What cannot be read as a pack becomes one reject with its bytes. It has no door's instant any more: the queue's own
 * stands in for it, which is the same at every redelivery.
 */
const corruptPack = (lane: Lane, stage: 'raw' | 'pulse', record: SQSRecord, bytes: Buffer): RejectRecord => ({
  kind: 'reject',
  lane,
  stage,
  reason: 'pack_corrupt',
  bytes,
  atMs: Number(record.attributes.SentTimestamp),
  deviceId: null,
})

/**
 * A Lambda handler for a queue of packs: unpacks, calls the use case once with all items, answers which records must
 * come again. What the use case throws brings back the whole batch, and slows down the mapping's pollers.
 */
export const packHandler =
  <T>(
    lane: Lane,
    stage: 'raw' | 'pulse',
    codec: ItemCodec<T>,
    useCase: (batch: readonly (T | RejectRecord)[]) => Promise<Outcome[]>,
  ) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const items: (T | RejectRecord)[] = []
    const runs = event.Records.map((record): PackRun => {
      const { messageId, body } = record
      const first = items.length
      const bytes = Buffer.from(body, 'base64')
      try {
        for (const item of unpackItems(codec, bytes)) items.push(item)
      } catch (error) {
        // decoding passes over what is no base64: bytes that do not give the body again were never a pack
        const encoded = bytes.toString('base64') === body
        const newer = encoded && error instanceof UnknownPackVersion
        log.warn(newer ? 'pack_version_unknown' : 'pack_corrupt', { lane, stage, messageId, error: String(error) })
        if (newer) return { messageId, first, count: 0, unreadable: true }
        items.push(corruptPack(lane, stage, record, encoded ? bytes : Buffer.from(body)))
      }
      return { messageId, first, count: items.length - first, unreadable: false }
    })
    return partialResponse(runs, items.length === 0 ? [] : await useCase(items))
  }
