import type { Lane } from '../message/lane.ts'
import type { Message, Reject } from '../message/message.ts'
import type { RejectReason } from '../message/rejects.ts'

/** Why each input is not kept, in order; null where it is (now or before). */
export type Refusals = readonly (RejectReason | null)[]

/**
 * Keeps raw messages, each once. In one transaction it writes all rows that the database takes, records the others
 * as rejects, and counts. Throws only when the whole batch must come again (no database, no partition yet).
 */
export interface MessageStore {
  readonly store: (batch: {
    readonly lane: Lane
    /** How many inputs there were: what is neither stored nor rejected of them is a duplicate. */
    readonly received: number
    /** Each id once. */
    readonly messages: readonly Message[]
    readonly rejects: readonly Reject[]
    /** The row of a message that the database refuses. */
    readonly refusal: (message: Message, reason: RejectReason) => Reject
  }) => Promise<Refusals>
}
