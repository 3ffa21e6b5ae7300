import type { LoadPlan } from '../plan/plan.ts'
import type { Strain } from '../result/result.ts'
import type { ByPhase } from './phases.ts'

/** The first message to a sender. */
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

/** How the unwanted traffic was answered. */
export interface UnwantedCounts {
  /** Callbacks with the token that cannot be read, and how many of them were answered with a reject. */
  malformedCallbacks: number
  malformedAnswered: number
  /** Callbacks that must be refused, and how many were. */
  hostileCallbacks: number
  hostileRefused: number
  /** Hostile callbacks that were let in. */
  intruders: number
  junkDatagrams: number
}

/** What was sent and answered in a part of a second, as numbers of messages in the order of sending. */
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
  /** Second copies of messages, as radios and networks send them. */
  readonly copies: number
  readonly ackMs: ByPhase
  readonly strain: Strain
  readonly lastSentAtMs: number
}

export type SenderMessage = { readonly slice: Slice } | { readonly summary: Summary } | { readonly fault: string }
