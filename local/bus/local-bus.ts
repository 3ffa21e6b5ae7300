/** The bus of a run: what carries packs to the functions. */
export interface LocalBus {
  /** Packs that wait for a function or are with it; on Kinesis only those that were read. */
  readonly waiting: (functionArn: string) => Promise<number>
  /** The greatest age that a pack with the function had in the last second, in milliseconds; 0 where it had none. */
  readonly oldestMs: (functionArn: string) => number
  /** Lets what is being handled end; on Kinesis also what waits, because nothing outlives the emulator. */
  readonly stop: () => Promise<void>
  /** How the stop is announced, and how long it may take. */
  readonly stopWords: string
  readonly stopLimitMs: number
}
