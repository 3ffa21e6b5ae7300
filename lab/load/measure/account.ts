import { createLedger } from '../../ledger/ledger.ts'
import { createNumberList } from '../../ledger/number-list.ts'
import type { LoadFleet } from '../plan/fleet.ts'
import type { Slice } from '../sender/messages.ts'
import type { Doubt } from './doubt.ts'

interface Sending {
  readonly fromMs: number
  readonly toMs: number
  /** Positions in the list of numbers. */
  readonly first: number
  readonly end: number
}

const overlaps = (sending: Sending) => (doubt: Doubt) => sending.fromMs <= doubt.toMs && sending.toMs >= doubt.fromMs

/** The numbers of sent datagrams in order, and when each slice of them was sent. */
const createSendings = () => {
  const numbers = createNumberList((length) => new Uint32Array(length))
  // three figures a slice: its first and last millisecond, and where its numbers end
  const slices = createNumberList((length) => new Float64Array(length))
  return {
    add: ({ fromMs, toMs, datagrams }: Slice) => {
      if (datagrams.length === 0) return
      numbers.append(datagrams)
      slices.append([fromMs, toMs, numbers.length()])
    },
    count: numbers.length,
    numberAt: numbers.at,
    each: (see: (sending: Sending) => void) => {
      for (let at = 0, first = 0; at < slices.length(); at += 3) {
        const end = slices.at(at + 2)
        see({ fromMs: slices.at(at), toMs: slices.at(at + 1), first, end })
        first = end
      }
    },
  }
}

/** The ledger of a run. It takes what the sender reports, slice by slice, and remembers when datagrams were sent. */
export const openAccount = (fleet: LoadFleet) => {
  const ledger = createLedger(fleet)
  const datagrams = createSendings()
  let [sent, confirmedCallbacks] = [0, 0]

  const note = (number: number) => {
    if (ledger.answers[number] === 0) sent++
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
      datagrams.add(slice)
    },
    /** Confirms all datagrams but those sent in a time of doubt. Returns the number of doubtful ones. */
    confirmDatagrams: (doubts: readonly Doubt[]): number => {
      let doubtful = 0
      datagrams.each((sending) => {
        const { first, end } = sending
        if (doubts.some(overlaps(sending))) doubtful += end - first
        else for (let at = first; at < end; at++) ledger.answered(datagrams.numberAt(at), 'ok')
      })
      return doubtful
    },
    /** Messages whose datagrams were all sent in a time of doubt, and which are not stored. */
    missingDatagrams: () => {
      let missing = 0
      for (let number = 0; number < fleet.count; number++)
        if (ledger.isUnknown(number) && !ledger.isThere(number) && !fleet.isSigfox(number)) missing++
      return missing
    },
    /** Stored messages whose frames no profile can read. */
    unreadableThere: () => {
      let there = 0
      for (let number = 0; number < fleet.hourly; number++)
        if (ledger.isThere(number) && fleet.isUnreadable(number)) there++
      return there
    },
    /** Messages sent so far, each counted once. */
    sent: () => sent,
    confirmedCallbacks: () => confirmedCallbacks,
    sentDatagrams: datagrams.count,
  }
}

export type Account = ReturnType<typeof openAccount>
