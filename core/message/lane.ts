/** One radio network and its path through the system: door, raw topic, raw worker, pulse topic, pulse worker. */
export const lanes = ['sigfox', 'nbiot'] as const
export type Lane = (typeof lanes)[number]

/** The steps of a lane. */
export const steps = ['door', 'raw', 'pulse'] as const
export type Step = (typeof steps)[number]

/** What the steps know about an uplink before it is decoded. */
interface KindFacts {
  readonly lane: Lane
  /**
   * `datagram`: the payload is all that was received, and says itself who sent it and when. `frame`: the payload is what
   * the device sent; id, sequence number and time came beside it.
   */
  readonly payload: 'frame' | 'datagram'
  /** The byte of a datagram that the radio measures anew each time it sends, so copies may differ in it. */
  readonly signalQualityAt?: number
}

const kinds = {
  'sigfox-data': { lane: 'sigfox', payload: 'frame' },
  'adeunis-nbiot': { lane: 'nbiot', payload: 'datagram', signalQualityAt: 8 },
  'dragino-nb': { lane: 'nbiot', payload: 'datagram' },
  'elko-nb': { lane: 'nbiot', payload: 'datagram' },
} as const satisfies Record<string, KindFacts>

/** The envelope that an uplink came in. What its payload means is the profile's business. */
export type UplinkKind = keyof typeof kinds

/** All kinds, in the order of their codes in packs: only ever append. The enum `uplink_kind` has the same words. */
export const uplinkKinds = Object.keys(kinds) as readonly UplinkKind[]

export const factsOf: Readonly<Record<UplinkKind, KindFacts>> = kinds

export const laneOf = (kind: UplinkKind): Lane => kinds[kind].lane
