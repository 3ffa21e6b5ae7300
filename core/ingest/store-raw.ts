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
  stage: 'raw',
  reason,
  bytes: bytesOf(uplink),
  atMs: uplink.receivedAtMs,
  deviceId: uplink.deviceId,
})

/** The row of an uplink, or the record of its reject where its time cannot be used. */
const rowOf = (digest: Digest, lane: Lane, uplink: Uplink): Message | RejectRecord => {
  const timeMs = uplink.timeSeconds === null ? null : uplink.timeSeconds * 1000
  const judgement = judgeTime(timeMs, uplink.receivedAtMs)
  if (judgement === 'out_of_range') return refuse(lane, uplink, 'time_out_of_range')
  const id = messageId(digest, uplink, judgement === 'used' && timeMs !== null ? timeMs : unclockedMs)
  const { kind, deviceId, seqNumber, receivedAtMs, payload } = uplink
  return { id, kind, deviceId, seqNumber, receivedAtMs, payload }
}

/**
 * The second step: stores a batch of raw messages, each once, and publishes the ids of all of them. Of all, not only
 * of the new ones: where a crash came between the commit and the publish, only the redelivery can publish.
 */
export const storeRaw =
  ({ store, pulse, digest }: Ports, lane: Lane) =>
  async (batch: readonly RawItem[]): Promise<Outcome[]> => {
    const messages = new Map<MessageId, Message>()
    const uplinks = new Map<MessageId, Uplink>()
    const rejects = new Map<string, Reject>()

    const inputs = batch.map((item) => {
      const row = item.kind === 'reject' ? item : rowOf(digest, lane, item)
      if (row.kind === 'reject') {
        const rejected = rejectRow(digest, row)
        rejects.set(rejected.id, rejected)
        return row.reason
      }
      // two copies in one batch: the earlier is kept, as it would be from two batches
      const known = messages.get(row.id)
      if (!known || row.receivedAtMs < known.receivedAtMs) {
        messages.set(row.id, row)
        uplinks.set(row.id, item as Uplink)
      }
      return row.id
    })

    const rows = [...messages.values()]
    const refusals = await store.store({
      lane,
      received: batch.length,
      messages: rows,
      rejects: [...rejects.values()],
      refusal: ({ id }, reason) => rejectRow(digest, refuse(lane, uplinks.get(id) as Uplink, reason)),
    })

    const outcomes = new Map<string, Outcome>()
    const stored: MessageId[] = []
    rows.forEach(({ id }, i) => {
      const reason = refusals[i]
      if (reason) outcomes.set(id, reject(reason))
      else stored.push(id)
    })
    const published = stored.length === 0 ? [] : await pulse.publish(stored)
    stored.forEach((id, i) => {
      outcomes.set(id, published[i] ?? retry('no answer from the bus'))
    })
    return inputs.map((idOrReason) => outcomes.get(idOrReason) ?? reject(idOrReason as RejectReason))
  }
