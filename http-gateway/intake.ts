import { settlementOf } from '../core/ingest/accept.ts'
import { type Outcome, retry } from '../core/message/outcome.ts'
import type { RawItem } from '../core/message/uplink.ts'
import type { Arrival } from '../door/batcher.ts'
import type { Tally } from '../door/tally.ts'

/** A message of a callback that waits for its answer. */
export interface Line extends Arrival {
  /** The bus has it. */
  readonly confirmed: () => void
}

// Resident memory measured on Node 24 with 100,000 messages held: 2,500 bytes for one alone in its callback, 700 to 1,600
// for one of many, beside the body. The waiting request is not in it: the connections have a limit of their own.
const callbackBytes = 1_500
const lineBytes = 1_000

const unconfirmed = retry('the bus has not confirmed it in time')

/**
 * Takes in the messages of a callback. Each counts as received, is held for the bus with those of other callbacks, and has
 * its outcome once the bus has it. When one does not fit any more, it and those after it are shed, and the callback is
 * answered at once. What takes too long is answered as a retry and stays held: Sigfox gives up after three more tries, and
 * its copies are duplicates.
 * @param hold false when there is no room
 */
export const createIntake =
  ({ tally, hold }: { tally: Pick<Tally, 'received' | 'shed'>; hold: (line: Line) => boolean }) =>
  (items: readonly RawItem[], bodyBytes: number, withinMs: number): Promise<readonly Outcome[]> =>
    new Promise((resolve) => {
      const outcomes: Outcome[] = items.map(() => unconfirmed)
      let owed = items.length
      const answer = () => {
        clearTimeout(deadline)
        resolve(outcomes)
      }
      const deadline = setTimeout(answer, withinMs)
      const holdLine = (item: RawItem, line: number) =>
        hold({
          item,
          // what is refused is a view of the body, and keeps all of it
          memoryBytes: lineBytes + Math.ceil((callbackBytes + bodyBytes) / items.length),
          confirmed: () => {
            outcomes[line] = settlementOf(item)
            if (--owed === 0) answer()
          },
        })
      tally.received += items.length
      const full = items.findIndex((item, line) => !holdLine(item, line))
      if (full < 0) return
      tally.shed += items.length - full
      answer()
    })
