import type { Flow } from '../../../test/support/flow.ts'
import type { LoadFleet } from '../plan/fleet.ts'
import type { FaultMark } from '../result/result.ts'
import type { Summary } from '../sender/messages.ts'
import type { ByPhase } from '../sender/phases.ts'
import type { System } from '../system/system.ts'
import type { Account } from './account.ts'
import type { Observer } from './observe.ts'

/** Everything that a run is judged by. */
export interface Evidence {
  readonly fleet: LoadFleet
  readonly account: Account
  readonly summary: Summary
  readonly observer: Observer
  /** What the system counted during the run. */
  readonly flow: Flow
  readonly drainedAtMs: number
  readonly beginsAtMs: number
  readonly marks: readonly FaultMark[]
  readonly endToEnd: { readonly read: () => ByPhase }
  readonly system: System
}
