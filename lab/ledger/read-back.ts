import { setTimeout as pause } from 'node:timers/promises'
import { fetchOk, readFlow } from '../../test/support/flow.ts'
import type { Ledger } from './ledger.ts'
import type { StoredMessage, StoredReading } from './model.ts'

const rowsPerPage = 10_000

/** Passes on every row of `/v1/messages` or `/v1/readings`, and holds one page at a time. */
const eachRow = async <Row>(apiUrl: string, path: string, span: string, see: (row: Row) => unknown): Promise<void> => {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetchOk(`${apiUrl}${path}?limit=${rowsPerPage}${span}${query}`)
    for (const line of (await response.text()).split('\n')) if (line !== '') see(JSON.parse(line))
    cursor = response.headers.get('x-next-cursor')
  }
}

const instant = (seconds: number) => new Date(seconds * 1_000).toISOString()

/**
 * Shows the ledger everything that is stored about its devices.
 * @param between seconds since 1970, for a system that holds more than the ledger knows about
 */
export const readBack = async (
  apiUrl: string,
  ledger: Pick<Ledger, 'messageSeen' | 'readingSeen'>,
  isOurs: (deviceId: string) => boolean = () => true,
  between: readonly [from: number, to: number] | null = null,
): Promise<void> => {
  const span = between === null ? '' : `&from=${instant(between[0])}&to=${instant(between[1])}`
  const see = { message: ledger.messageSeen, reading: ledger.readingSeen }
  await eachRow<StoredMessage>(apiUrl, '/v1/messages', span, (row) => isOurs(row.deviceId) && see.message(row))
  await eachRow<StoredReading>(apiUrl, '/v1/readings', span, (row) => isOurs(row.deviceId) && see.reading(row))
}

export interface DrainOptions {
  readonly limitMs: number
  /** Packs on the bus, where that is known. */
  readonly waiting?: () => Promise<number>
  /** How long nothing may change before the system counts as drained. */
  readonly quietMs?: number
  /** How long the system may give no answer before the wait is given up. */
  readonly silenceMs?: number
}

/**
 * Waits until nothing is under way: no pack on the bus, no message pending, no count that changes.
 * @returns the flow at that moment, and whether it came in time
 */
export const drain = async (
  apiUrl: string,
  { limitMs, waiting = async () => 0, quietMs = 300, silenceMs = limitMs + 30_000 }: DrainOptions,
) => {
  const deadline = Date.now() + limitMs
  let answeredAtMs = Date.now()
  let last = ''
  let sinceMs = Date.now()
  for (;;) {
    const packs = await waiting().catch(() => 1)
    const flow = await readFlow(apiUrl).catch(() => null)
    if (flow !== null) answeredAtMs = Date.now()
    const now = JSON.stringify(flow)
    if (flow === null || packs > 0 || now !== last) sinceMs = Date.now()
    last = now
    const pending = flow ? flow.sigfox.pulse.pending + flow.nbiot.pulse.pending : 1
    const isQuiet = flow !== null && packs === 0 && pending === 0 && Date.now() - sinceMs >= quietMs
    if (flow !== null && (isQuiet || Date.now() > deadline)) return { flow, inTime: isQuiet, packs }
    if (Date.now() - answeredAtMs > silenceMs) throw new Error(`GET ${apiUrl}/v1/flow does not answer.`)
    await pause(60)
  }
}
