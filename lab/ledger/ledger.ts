import type { Fleet } from './fleet.ts'
import type { Model, StoredMessage, StoredReading } from './model.ts'

/**
 * What the sender knows about a message.
 * - `ok`: confirmed. It must not be lost.
 * - `refused`: answered that it is not taken. It must not be stored.
 * - `unknown`: no answer, an answer "not stored, send again", or a datagram without a confirmation. It may be stored or
 *   not. This is no failure, because a lost answer looks the same.
 */
export type Answer = 'ok' | 'refused' | 'unknown'

const code = { unsent: 0, unknown: 1, refused: 2, ok: 3 } as const

export interface Verdict {
  readonly sent: number
  readonly ok: number
  readonly refused: number
  readonly unknown: number
  readonly stored: number
  /** Readings that were read back, right or wrong. */
  readonly readings: number
  /** Readings that the stored messages tell: one that two of them tell counts twice, as the flow counts open days. */
  readonly told: number
  /** Confirmed, and not there. */
  readonly lost: number
  /** Stored, although never sent or refused. */
  readonly unexpected: number
  /** Stored more than once. */
  readonly duplicated: number
  /** Stored, although not confirmed. */
  readonly recovered: number
  /** Messages with other bytes or the wrong state, and readings that are missing, surplus or wrong by the fleet's model. */
  readonly misread: number
  /** The first few faults, as a start for finding the cause. */
  readonly examples: readonly string[]
}

const mostExamples = 10
/** In the byte of a message's readings, above the bits of the readings: the message has the wrong state. */
const wrongState = 0x80
const countBits = (bits: number): number => (bits === 0 ? 0 : (bits & 1) + countBits(bits >> 1))
const secondsOf = (instant: string) => Date.parse(instant) / 1000

/** Keeps three bytes a message: what was answered, how often it is stored, and which of its readings were seen. */
export const createLedger = <F extends Model>(fleet: F) => {
  const answers = new Uint8Array(fleet.count)
  const copies = new Uint8Array(fleet.count)
  const readingsSeen = new Uint8Array(fleet.count)
  const examples: string[] = []
  let foreignMessages = 0
  let wrongBytes = 0
  let wrongReadings = 0
  let readings = 0

  const example = (text: string) => {
    if (examples.length < mostExamples) examples.push(text)
  }

  /** `ok` stays: a later attempt that fails does not revoke a confirmation. */
  const answered = (number: number, answer: Answer) => {
    if (answers[number] !== code.ok) answers[number] = code[answer]
  }

  const messageSeen = ({ deviceId, at, payloadHex, state }: StoredMessage) => {
    const number =
      at === null ? (fleet.findUnclocked?.(deviceId, payloadHex) ?? null) : fleet.find(deviceId, secondsOf(at))
    if (number === null) {
      foreignMessages++
      return example(`message of ${deviceId} at ${at}: never sent`)
    }
    copies[number] = Math.min(255, (copies[number] ?? 0) + 1)
    if (state !== (fleet.isUnreadable?.(number) ? 'rejected' : 'decoded')) {
      readingsSeen[number] = (readingsSeen[number] ?? 0) | wrongState
      example(`message ${fleet.nameOf(number)} at ${at}: ${state}`)
    }
    if (fleet.payloadHex(number) === payloadHex) return
    wrongBytes++
    example(`message ${fleet.nameOf(number)} at ${at}: other bytes, ${payloadHex}`)
  }

  const readingSeen = ({ deviceId, channel, readAt, index }: StoredReading) => {
    readings++
    const place = fleet.placeOf(deviceId, channel, secondsOf(readAt), index)
    const seen = place ? (readingsSeen[place.number] ?? 0) : 0
    if (place && (seen & place.bit) === 0) {
      readingsSeen[place.number] = seen | place.bit
      return
    }
    wrongReadings++
    example(`reading of ${deviceId} ${channel} at ${readAt}: ${index}`)
  }

  /** What must be read of the messages that are there, beside what was. */
  const compareReadings = () => {
    const expected = new Uint8Array(fleet.count)
    let told = 0
    for (let number = 0; number < fleet.count; number++)
      if (copies[number])
        for (const [of, bits] of fleet.told(number)) {
          expected[of] = (expected[of] ?? 0) | bits
          told += countBits(bits)
        }
    let misread = 0
    for (let number = 0; number < fleet.count; number++) {
      if (readingsSeen[number] === expected[number]) continue
      misread++
      if ((readingsSeen[number] ?? 0) < wrongState)
        example(
          `readings of message ${fleet.nameOf(number)}: ${expected[number] === 0 ? 'nobody told of them' : 'missing'}`,
        )
    }
    return { told, misread }
  }

  const verdict = (): Verdict => {
    const states = { sent: 0, ok: 0, refused: 0, unknown: 0 }
    let [stored, lost, unexpected, duplicated, recovered] = [0, 0, foreignMessages, 0, 0]
    for (let number = 0; number < fleet.count; number++) {
      const answer = answers[number]
      const there = (copies[number] ?? 0) > 0
      if (answer !== code.unsent) states.sent++
      if (answer === code.ok) states.ok++
      if (answer === code.refused) states.refused++
      if (answer === code.unknown) states.unknown++
      if (there) stored++
      if ((copies[number] ?? 0) > 1) duplicated++
      if (answer === code.ok && !there) {
        lost++
        example(`message ${fleet.nameOf(number)}: confirmed and not there`)
      }
      if (there && (answer === code.unsent || answer === code.refused)) unexpected++
      if (there && answer === code.unknown) recovered++
    }
    const { told, misread: differing } = compareReadings()
    const misread = differing + wrongBytes + wrongReadings
    return { ...states, stored, readings, told, lost, unexpected, duplicated, recovered, misread, examples }
  }

  return {
    fleet,
    answered,
    messageSeen,
    readingSeen,
    isOk: (number: number) => answers[number] === code.ok,
    /** Sent, but neither confirmed nor refused. */
    isUnknown: (number: number) => answers[number] === code.unknown,
    isThere: (number: number) => (copies[number] ?? 0) > 0,
    /** One byte a message: 0 unsent, 1 unknown, 2 refused, 3 confirmed. */
    answers: answers as Readonly<Uint8Array>,
    /** How many messages have been confirmed so far. */
    confirmed: () => answers.reduce((sum, answer) => sum + Number(answer === code.ok), 0),
    verdict,
  }
}

export type Ledger<F extends Model = Fleet> = ReturnType<typeof createLedger<F>>

/** Sentences for what must never happen. None where the ledger is even. */
export const faultsOf = ({ lost, unexpected, duplicated, misread, examples }: Verdict): string[] => {
  const faults = Object.entries({ lost, unexpected, duplicated, misread }).filter(([, count]) => count > 0)
  if (faults.length === 0) return []
  return [`${faults.map(([name, count]) => `${count} ${name}`).join(', ')}; ${examples.join('; ')}`]
}
