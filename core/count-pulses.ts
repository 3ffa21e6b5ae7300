import { type DecoderPorts, decodingOf, undecoded } from './decode-message.ts'
import type { MessageId } from './identity.ts'
import { done, type Outcome, reject } from './outcome.ts'
import type { ReadingStore } from './ports.ts'
import { missingMessageRow, rejectRow } from './reject-rows.ts'
import type { RejectRecord } from './rejects.ts'
import type { Lane } from './uplink.ts'

interface Ports extends DecoderPorts {
  readonly store: ReadingStore
}

/**
 * The third step: loads raw messages by their ids, decodes them with the profiles of their devices, and merges what
 * follows into what is kept. It appends nothing: running it again changes nothing.
 */
export const countPulses =
  (ports: Ports, lane: Lane) =>
  async (batch: readonly (MessageId | RejectRecord)[]): Promise<Outcome[]> => {
    const { digest, store } = ports
    const ids = [...new Set(batch.filter((item) => typeof item === 'string'))].sort()
    const messages = new Map((await store.load(ids)).map((message) => [message.id, message]))
    const decodings = [...messages.values()].map((message) => decodingOf(ports, message))
    const missing = ids.filter((id) => !messages.has(id)).map((id) => missingMessageRow(digest, lane, id))
    const records = batch.filter((item) => typeof item !== 'string').map((record) => rejectRow(digest, record))

    const refusals = await store.record({
      lane,
      decodings,
      rejects: [...missing, ...records],
      refusal: (message, reason) => undecoded(digest, message, reason),
    })

    const reasons = new Map(decodings.map(({ message, reject }, i) => [message.id, refusals[i] ?? reject?.reason]))
    return batch.map((item) => {
      if (typeof item !== 'string') return reject(item.reason)
      const reason = messages.has(item) ? reasons.get(item) : 'message_missing'
      return reason ? reject(reason) : done
    })
  }
