import { formatInstant } from '../message/instant.ts'
import type { Clash, RegistryStore } from './store.ts'

/** A line that cannot be imported, and why: a clause without a full stop. */
export interface LineFault {
  readonly line: number
  readonly sentence: string
}

/** Why the line of a clash cannot be imported. */
export const clashSentence = (clash: Clash): string => {
  const { deviceId } = clash
  if (clash.kind === 'duplicate') return `device ${deviceId} with this valid_from is already on line ${clash.firstLine}`
  const [from, to, nextFrom] = [clash.validFromMs, clash.validToMs, clash.nextFromMs].map(formatInstant)
  return `the registration of device ${deviceId} from ${from} ends at ${to}, after the next begins at ${nextFrom}`
}

/** Checks the staged lines of an import together. Returns the first `most` faults by line, and the number of all. */
export const checkImport =
  (store: RegistryStore) =>
  async (of: { importId: string; most: number }): Promise<{ faults: LineFault[]; count: number }> => {
    const { clashes, count } = await store.clashes(of)
    return { faults: clashes.map((clash) => ({ line: clash.line, sentence: clashSentence(clash) })), count }
  }
