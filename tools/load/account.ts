import { createLedger } from '../ledger/ledger.ts'
import type { Doubt } from './measure/doubt.ts'
import type { LoadFleet } from './plan/fleet.ts'
import type { Slice } from './sender/messages.ts'

interface SentDatagrams {
  readonly fromMs: number
  readonly toMs: number
  readonly numbers: Uint32Array
}

const overlaps = (slice: SentDatagrams) => (doubt: Doubt) => slice.fromMs <= doubt.toMs && slice.toMs >= doubt.fromMs

/** The ledger of a run: what the senders say, slice by slice, and when the datagrams of each were sent. */
export const openAccount = (fleet: LoadFleet) => {
  const ledger = createLedger(fleet)
  const datagrams: SentDatagrams[] = []
  const known = new Uint8Array(fleet.count)
  let [sent, confirmedCallbacks] = [0, 0]

  const note = (number: number) => {
    if (known[number] === 0) sent++
    known[number] = 1
    ledger.answered(number, 'unknown')
  }
  return {
    ledger,
    take: (slice: Slice) => {
      for (const number of slice.callbacks) note(number)
      for (const number of slice.datagrams) note(number)
      for (const number of slice.confirmed)
        if (!ledger.isOk(number)) {
          confirmedCallbacks++
          ledger.answered(number, 'ok')
        }
      for (const number of slice.refused) ledger.answered(number, 'refused')
      if (slice.datagrams.length > 0)
        datagrams.push({ fromMs: slice.fromMs, toMs: slice.toMs, numbers: slice.datagrams })
    },
    /** Whatever was sent as a datagram, and not in a time of doubt, must be there. Answers how many were doubtful. */
    confirmDatagrams: (doubts: readonly Doubt[]): number => {
      let doubtful = 0
      for (const slice of datagrams) {
        if (doubts.some(overlaps(slice))) doubtful += slice.numbers.length
        else for (const number of slice.numbers) ledger.answered(number, 'ok')
      }
      return doubtful
    },
    /** Messages that are there although nobody can read them. */
    unreadableThere: () => {
      let there = 0
      for (let number = 0; number < fleet.hourly; number++)
        if (ledger.isThere(number) && fleet.isUnreadable(number)) there++
      return there
    },
    /** Messages that have been sent so far, each counted once. */
    sent: () => sent,
    confirmedCallbacks: () => confirmedCallbacks,
    sentDatagrams: () => datagrams.reduce((sum, { numbers }) => sum + numbers.length, 0),
  }
}

export type Account = ReturnType<typeof openAccount>
