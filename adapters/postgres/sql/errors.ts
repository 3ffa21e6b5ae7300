/**
 * Why a statement failed, by SQLSTATE (PostgreSQL documentation, appendix A).
 * - `data`: a row cannot be stored as it is. It will fail again; the rows beside it are good.
 * - `outage`: the database is away or not ready. The same batch may succeed later.
 * - `unexpected`: our own mistake. It is treated like `data`, so that one message that hits it does not stop the others.
 */
export type FaultClass = 'data' | 'outage' | 'unexpected'

// 08 connection, 53 resources, 57 operator intervention, 40 rollback, 55 not in state, 58 system, 25 read-only, 28 refused
// sign-in, 3D no such database, 42…: a table, grant, type, column or function is not there yet, XX internal error
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
  // without a SQLSTATE the error came from the socket, the pool or a timer, not from the server
  if (state === null) return error instanceof TypeError || error instanceof RangeError ? 'unexpected' : 'outage'
  if (outages.some((prefix) => state.startsWith(prefix))) return 'outage'
  return dataFaults.some((prefix) => state.startsWith(prefix)) ? 'data' : 'unexpected'
}

/** No partition exists for a row. */
export const isMissingPartition = (error: unknown): boolean =>
  sqlState(error) === '23514' && /no partition of relation/.test(String((error as Error).message))

/**
 * Whether a transaction lost to another: a serialization failure, a deadlock, a row that was locked for too long or that
 * the other wrote first. Run again, it is likely to succeed. Returned to the bus, its batch would wait for the whole
 * visibility timeout.
 */
export const isLostRace = (error: unknown): boolean =>
  ['40001', '40P01', '55P03', '23505'].includes(sqlState(error) ?? '')
