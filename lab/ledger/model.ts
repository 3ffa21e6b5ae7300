/** Readings that a message tells of: the message they belong to by their instant, and a bit below 0x80 for each. */
export type Told = readonly [number: number, bits: number]

/** What is known of every message beforehand, by its number: nothing of it needs to be kept. */
export interface Model {
  readonly count: number
  /** The message of a device at an instant, in seconds since 1970; null where there is none. */
  readonly find: (deviceId: string, timeSeconds: number) => number | null
  /** The same of a message that tells no time; where there is none of these, nothing. */
  readonly findUnclocked?: (deviceId: string, payloadHex: string) => number | null
  readonly payloadHex: (number: number) => string
  /** Whether its frame is none that anybody can read: it is kept, and rejected. Nothing where all can be read. */
  readonly isUnreadable?: (number: number) => boolean
  /** Where a reading belongs; null where nobody may have told of it. */
  readonly placeOf: (
    deviceId: string,
    channel: string,
    timeSeconds: number,
    index: number,
  ) => { readonly number: number; readonly bit: number } | null
  /** What must be read once this message is stored. */
  readonly told: (number: number) => readonly Told[]
  /** For whoever looks for a cause. */
  readonly nameOf: (number: number) => string
}

/** A row of `GET /v1/messages` or of `GET /v1/readings`, as far as the ledger looks at it. */
export interface StoredMessage {
  readonly deviceId: string
  readonly at: string | null
  readonly payloadHex: string
  /** `pending`, `decoded` or `rejected`. */
  readonly state: string
}
export interface StoredReading {
  readonly deviceId: string
  readonly channel: string
  readonly readAt: string
  readonly index: number
}
