import type { Operations } from './bill.ts'
import type { Catalogue } from './catalogue.ts'
import type { Decimal } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import type { Traffic } from './traffic.ts'

/** What the cheapest must still do. */
export interface Demands {
  /** p99 from accepted to stored. */
  readonly latencySeconds: Decimal
  /** Zones with a gateway task. */
  readonly zones: number
  readonly multiAz: boolean
  readonly rawDays: number
}

/** What every command was asked, read and checked. */
export interface Question {
  readonly traffic: Traffic
  readonly region: string
  /** Another bus than the stage's own; none for its own. */
  readonly bus: Deployment['bus'] | undefined
  readonly file: string
  readonly catalogue: Catalogue
  readonly operations: Operations
  readonly demands: Demands
}
