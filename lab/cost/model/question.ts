import type { Operations } from './bill.ts'
import type { Catalogue } from './catalogue.ts'
import type { Decimal } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import type { Traffic } from './traffic.ts'

/** What the cheapest stage must still do. */
export interface Demands {
  /** The p99 from accepted to stored. */
  readonly latencySeconds: Decimal
  /** Zones with a gateway task. */
  readonly zones: number
  readonly multiAz: boolean
  readonly rawDays: number
}

/** What a command is asked, after reading and checking. */
export interface Question {
  readonly traffic: Traffic
  readonly region: string
  /** Replaces the stage's bus. */
  readonly bus: Deployment['bus'] | undefined
  readonly file: string
  readonly catalogue: Catalogue
  readonly operations: Operations
  readonly demands: Demands
}
