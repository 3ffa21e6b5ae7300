import type { MessageId } from '../message/identity.ts'
import type { Lane } from '../message/lane.ts'
import { done, type Outcome, reject } from '../message/outcome.ts'
import { missingMessageRow, rejectRow } from '../message/reject-rows.ts'
import type { RejectRecord } from '../message/rejects.ts'
import type { ReplayStore } from '../replay/replay-devices.ts'
import { type DecoderPorts, decodeMessage, undecoded } from '../told/decode-message.ts'
import { completeDevices } from './complete-devices.ts'
import type { ReadingBatch, ReadingStore } from './reading-store.ts'

interface Ports extends DecoderPorts {
  readonly store: ReadingStore
  readonly replays: ReplayStore
}

/**
 * The third step: loads raw messages by their ids, decodes them with the profiles of their devices, and keeps what each
 * tells as one row. Running it again changes nothing. Readings are merged where they are read and where a day is closed.
 */
export const countPulses = (ports: Ports, lane: Lane) => {
  const complete = completeDevices(ports)
  return async (batch: readonly (MessageId | RejectRecord)[]): Promise<Outcome[]> => {
    const ids = [...new Set(batch.filter((item) => typeof item === 'string'))].sort()
    const records = batch.filter((item) => typeof item !== 'string').map((record) => rejectRow(ports.digest, record))
    const { decodings, reasons, closedBeforeMs } = await ports.store.inBatch(countBatch(ports, lane, ids, records))
    await complete(decodings, closedBeforeMs)
    return batch.map((item) => {
      if (typeof item !== 'string') return reject(item.reason)
      const reason = reasons.has(item) ? reasons.get(item) : 'message_missing'
      return reason ? reject(reason) : done
    })
  }
}

const countBatch =
  (ports: Ports, lane: Lane, ids: readonly MessageId[], records: ReturnType<typeof rejectRow>[]) =>
  async ({ load, record }: ReadingBatch) => {
    const { digest } = ports
    const messages = await load(ids)
    const decodings = messages.map((message) => decodeMessage(ports, message))
    const found = new Set(messages.map(({ id }) => id))
    const missing = ids.filter((id) => !found.has(id)).map((id) => missingMessageRow(digest, lane, id))
    const { refusals, closedBeforeMs } = await record({
      lane,
      decodings,
      rejects: [...missing, ...records],
      refusal: (message, reason) => undecoded(digest, message, reason),
    })
    const reasons = new Map(decodings.map(({ message, reject }, i) => [message.id, refusals[i] ?? reject?.reason]))
    return { decodings, reasons, closedBeforeMs }
  }
