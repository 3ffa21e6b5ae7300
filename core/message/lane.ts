/** One radio network and its path through the system: edge, raw topic, raw worker, pulse topic, pulse worker. */
export const lanes = ['sigfox', 'nbiot'] as const
export type Lane = (typeof lanes)[number]

/**
 * The envelope an uplink came in: how its identity and its time are read. What its payload means is the profile's
 * business. The order is that of the code written into packs: only ever append.
 */
export const uplinkKinds = ['sigfox-data', 'adeunis-nbiot', 'dragino-nb', 'elko-nb'] as const
export type UplinkKind = (typeof uplinkKinds)[number]

export const laneOf = (kind: UplinkKind): Lane => (kind === 'sigfox-data' ? 'sigfox' : 'nbiot')
