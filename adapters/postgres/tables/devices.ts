import { longestSigfoxId } from '../../../core/message/identity.ts'

/** Tables with an index that begins with the device id. `reading_device` names each device that has readings. */
type DeviceTable = 'device' | 'reading_device' | 'event' | 'reject'

/**
 * SQL for the lowest device id after `after` in `tables`; null at the end. No table lists every device ever seen: it would
 * cost one more write for each message. A recursive query that asks for the next id again and again needs one index probe
 * for each device and table, however many rows there are.
 */
export const nextDeviceId = (after: string, tables: readonly DeviceTable[]): string =>
  `least(${tables.map((table) => `(SELECT min(device_id) FROM ${table} WHERE device_id > ${after})`).join(', ')})`

/** SQL for the lane of a device, which follows from its id. */
export const laneOfDevice = (column: string): string =>
  `CASE WHEN length(${column}) <= ${longestSigfoxId} THEN 'sigfox' ELSE 'nbiot' END`
