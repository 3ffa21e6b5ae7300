import type { Line } from './line.ts'
import type { LoadResult } from './result.ts'

/** The stage whose bill is shown. */
export const billedStage = 'prod'

export interface Dollars {
  readonly aMonth: number
  /** Whether the stage can carry this fleet. */
  readonly isCarried: boolean
}

/** One size of the fleet and what it cost. */
export interface Size {
  readonly devices: number
  readonly messagesPerSecond: number
  readonly sent: number
  readonly isEven: boolean
  readonly says: string
  /** By part. The stand-ins for the cloud are left out. */
  readonly cpuMicrosPerMessage: Readonly<Record<string, number>>
  readonly microsPerMessage: number
  /** CPU of the system at this rate, in percent of one core. */
  readonly corePercent: number
  readonly dollars: Dollars
}

export interface Growth {
  readonly plan: Pick<LoadResult['plan'], 'minutes' | 'speed' | 'sigfoxShare' | 'sigfoxBatches' | 'seed' | 'bus'>
  /** CPU of a system that receives nothing, by part, in percent of one core. */
  readonly idlePercent: Readonly<Record<string, number>>
  readonly sizes: readonly Size[]
  readonly line: Line | null
  readonly isLinear: boolean | null
  readonly says: string
}
