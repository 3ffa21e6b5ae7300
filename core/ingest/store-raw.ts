import { type Digest, judgeTime, type MessageId, messageId, unclockedMs } from '../message/identity.ts'
import type { Lane } from '../message/lane.ts'
import type { Message, Reject } from '../message/message.ts'
import { type Outcome, reject, retry } from '../message/outcome.ts'
import { bytesOf, rejectRow } from '../message/reject-rows.ts'
import type { RejectReason, RejectRecord } from '../message/rejects.ts'
import type { Stream } from '../message/stream.ts'
import type { RawItem, Uplink } from '../message/uplink.ts'
import type { MessageStore } from './message-store.ts'

interface Ports {
  readonly store: MessageStore
  readonly pulse: Stream<MessageId>
  readonly digest: Digest
}

const refuse = (lane: Lane, uplink: Uplink, reason: RejectReason): RejectRecord => ({
  kind: 'reject',
  lane,
  step: 'raw',
  reason,
  bytes: bytesOf(uplink),
  atMs: uplink.receivedAtMs,
  deviceId: uplink.deviceId,
})

/** The row of an uplink, or the record of its reject if its time cannot be used. */
const rowOf = (digest: Digest, lane: Lane, uplink: Uplink): Message | RejectRecord => {
  const timeMs = uplink.timeSeconds === null ? null : uplink.timeSeconds * 1000
  const judgement = judgeTime(timeMs, uplink.receivedAtMs)
  if (judgement === 'out_of_range') return refuse(lane, uplink, 'time_out_of_range')
  const id = messageId(digest, uplink, judgement === 'used' && timeMs !== null ? timeMs : unclockedMs)
  const { kind, deviceId, seqNumber, receivedAtMs, payload } = uplink
  return { id, kind, deviceId, seqNumber, receivedAtMs, payload }
}

/** A message of the batch; copies of it share one. */
interface Kept {
  message: Message
  uplink: Uplink
  outcome: Outcome
}

const unpublished = retry('not published')

/**
 * The second step: stores a batch of raw messages, each once, and publishes the ids of all of them, new or not. After a
 * crash between the commit and the publish only the redelivery can publish.
 */
export const storeRaw =
  ({ store, pulse, digest }: Ports, lane: Lane) =>
  async (batch: readonly RawItem[]): Promise<Outcome[]> => {
    const kept = new Map<MessageId, Kept>()
    const rejects = new Map<string, Reject>()

    const rejected = (record: RejectRecord): { readonly outcome: Outcome } => {
      const row = rejectRow(digest, record)
      rejects.set(row.id, row)
      return { outcome: reject(record.reason) }
    }

    const inputs = batch.map((item): { readonly outcome: Outcome } => {
      if (item.kind === 'reject') return rejected(item)
      const message = rowOf(digest, lane, item)
      if (message.kind === 'reject') return rejected(message)
      const known = kept.get(message.id)
      if (!known) {
        const first: Kept = { message, uplink: item, outcome: unpublished }
        kept.set(message.id, first)
        return first
      }
      // of two copies in one batch the earlier is kept, as it would be from two batches
      if (message.receivedAtMs < known.message.receivedAtMs) Object.assign(known, { message, uplink: item })
      return known
    })

    const all = [...kept.values()]
    const refusals = await store.store({
      lane,
      received: batch.length,
      messages: all.map(({ message }) => message),
      rejects: [...rejects.values()],
      refusal: ({ id }, reason) => rejectRow(digest, refuse(lane, (kept.get(id) as Kept).uplink, reason)),
    })

    const stored: MessageId[] = []
    all.forEach((one, i) => {
      const reason = refusals[i]
      if (reason) one.outcome = reject(reason)
      else stored.push(one.message.id)
    })
    const settle = (id: MessageId, outcome: Outcome) => {
      const one = kept.get(id)
      if (one) one.outcome = outcome
    }
    if (stored.length > 0) await pulse.publish(stored, settle)
    return inputs.map(({ outcome }) => outcome)
  }
