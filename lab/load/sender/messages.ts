import type { LoadPlan } from '../plan/plan.ts'
import type { Strain } from '../result/result.ts'
import type { ByPhase } from './phases.ts'

/** What a sender is told before it begins. */
export interface Assignment {
  readonly plan: LoadPlan
  /** Address of the HTTP door, without a path. */
  readonly httpUrl: string
  readonly token: string
  readonly udpHost: string
  readonly udpPort: number
  /** By this machine's clock. */
  readonly beginsAtMs: number
}

/** Traffic that is no message of a device: how it was answered. */
export interface UnwantedCounts {
  /** Callbacks that are authenticated and cannot be used, and how many were answered with a reject. */
  malformedCallbacks: number
  malformedAnswered: number
  /** Callbacks that must not come in, and how many were told so. */
  hostileCallbacks: number
  hostileRefused: number
  /** Hostile callbacks that were let in. */
  intruders: number
  junkDatagrams: number
}

/** What was sent and answered in a part of a second. Numbers of messages, in the order of sending. */
export interface Slice {
  readonly fromMs: number
  readonly toMs: number
  readonly datagrams: Uint32Array
  readonly callbacks: Uint32Array
  readonly confirmed: Uint32Array
  readonly refused: Uint32Array
}

export interface Summary {
  readonly unwanted: UnwantedCounts
  /** Second copies of messages, as radios and impatient networks send them. */
  readonly copies: number
  readonly ackMs: ByPhase
  readonly strain: Strain
  readonly lastSentAtMs: number
}

export type SenderMessage = { readonly slice: Slice } | { readonly summary: Summary } | { readonly fault: string }
