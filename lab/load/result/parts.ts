import { rateOf } from './fates.ts'
import { largestFirst, ratio } from './figures.ts'
import type { LoadResult } from './result.ts'

/** Parts outside the system: the load itself, the stand-ins for the cloud, and the API that reads everything back, with PostgreSQL's share of that. */
export const outside: readonly string[] = ['sender', 'ledger', 'busEmulator', 'runner', 'api']

/** A process or group of processes, and its cost. */
export interface Part {
  readonly name: string
  readonly isOutside: boolean
  readonly microsPerMessage: number
  /** In percent of one core, at the rate of the run. Null where nothing was sent. */
  readonly corePercent: number | null
  readonly cpuSeconds: number | null
}

/** CPU by part, the most expensive first. */
export const partsOf = (result: LoadResult): Part[] =>
  largestFirst(result.cpuMicrosPerMessage).map(([name, microsPerMessage]) => {
    const rate = rateOf(result)
    return {
      name,
      isOutside: outside.includes(name),
      microsPerMessage,
      corePercent: rate === null ? null : (microsPerMessage * rate) / 10_000,
      cpuSeconds: ratio(result.cpuSeconds[name] ?? Number.NaN, 1),
    }
  })

/** CPU microseconds a message of the parts that count. Null where none of them was measured. */
export const microsOf = (result: LoadResult, counts: (name: string) => boolean): number | null => {
  const some = partsOf(result).filter(({ name, isOutside }) => !isOutside && counts(name))
  return some.length === 0 ? null : some.reduce((sum, { microsPerMessage }) => sum + microsPerMessage, 0)
}

/** Peak memory of all parts of the system together, in MB. */
export const systemMb = ({ peakRssMb }: LoadResult): number =>
  largestFirst(peakRssMb).reduce((sum, [name, mb]) => (outside.includes(name) ? sum : sum + mb), 0)
