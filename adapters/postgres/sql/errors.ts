/**
 * Whose fault a failed statement is, by SQLSTATE (PostgreSQL documentation, appendix A).
 * - `data`: a row cannot be stored as it is; it will fail again, and its neighbours are innocent.
 * - `outage`: the database is not there or not ready; the same batch may succeed later.
 * Whatever is neither is a fault of ours. It is treated as the fault of a row, so that one message which finds it does
 * not stop the others.
 */
export type FaultClass = 'data' | 'outage' | 'unexpected'

// 08 connection, 53 resources, 57 operator intervention, 40 rollback, 55 not in state, 58 system, 25 read-only,
// 28 refused sign-in, 3D no such database, 42P01/42501: the schema or a grant is not there yet
const outages = [
  '08',
  '53',
  '57',
  '40',
  '55',
  '58',
  '25',
  '28',
  '3D',
  '42P01',
  '42501',
  '42704',
  '42703',
  '42883',
  'XX',
]
const dataFaults = ['22', '23']

const sqlState = (error: unknown): string | null => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}

export const classifyFault = (error: unknown): FaultClass => {
  const state = sqlState(error)
  // no SQLSTATE: the socket, the pool or a timer said so, not the server
  if (state === null) return error instanceof TypeError || error instanceof RangeError ? 'unexpected' : 'outage'
  if (outages.some((prefix) => state.startsWith(prefix))) return 'outage'
  return dataFaults.some((prefix) => state.startsWith(prefix)) ? 'data' : 'unexpected'
}

/** A row for which there is no partition. */
export const isMissingPartition = (error: unknown): boolean =>
  sqlState(error) === '23514' && /no partition of relation/.test(String((error as Error).message))

/** What a transaction had read was changed by another before it could write. */
export class Overtaken extends Error {}

/**
 * Lost to another transaction (serialization, deadlock, a row that it held for longer than we wait, or what it changed
 * under us): the same transaction, run again, is likely to win. Given back to the bus, its batch would wait out the whole
 * visibility.
 */
export const isLostRace = (error: unknown): boolean =>
  error instanceof Overtaken || ['40001', '40P01', '55P03'].includes(sqlState(error) ?? '')
