/** Readings in a message: the number of the message to which they belong by their instant, and a bit below 0x80 for each. */
export type Told = readonly [number: number, bits: number]

/** What is known about every message beforehand. It follows from the number, so nothing is kept. */
export interface Model {
  readonly count: number
  /** The message of a device at an instant in seconds since 1970. Null where there is none. */
  readonly find: (deviceId: string, timeSeconds: number) => number | null
  /** The message of a device without a clock. Missing where the fleet has no such device. */
  readonly findUnclocked?: (deviceId: string, payloadHex: string) => number | null
  readonly payloadHex: (number: number) => string
  /** Whether no profile can read its frame, so that the message is stored and rejected. Missing where all can be read. */
  readonly isUnreadable?: (number: number) => boolean
  /** Where a reading belongs. Null where no message holds it. */
  readonly placeOf: (
    deviceId: string,
    channel: string,
    timeSeconds: number,
    index: number,
  ) => { readonly number: number; readonly bit: number } | null
  /** The readings that must exist once this message is stored. */
  readonly told: (number: number) => readonly Told[]
  /** How faults name the message. */
  readonly nameOf: (number: number) => string
}

/** The columns of `GET /v1/messages` and of `GET /v1/readings` that the ledger looks at. */
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
