import { longestSigfoxId } from '../../../core/message/identity.ts'

/** SQL for the lane of a device, which follows from its id. */
export const laneOfDevice = (column: string): string =>
  `CASE WHEN length(${column}) <= ${longestSigfoxId} THEN 'sigfox' ELSE 'nbiot' END`
