import { setTimeout as pause } from 'node:timers/promises'
import type { Ledger, StoredMessage, StoredReading } from './ledger.ts'

interface LaneFlow {
  readonly raw: Readonly<Record<'received' | 'stored' | 'duplicates' | 'rejected', number>>
  readonly pulse: Readonly<Record<'stored' | 'decoded' | 'rejected' | 'pending', number>>
  readonly readings: number
}
export type Flow = Readonly<Record<'sigfox' | 'nbiot', LaneFlow>>

const rowsPerPage = 10_000

const fetchOk = async (url: string): Promise<Response> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
  return response
}

/** The counts of `GET /v1/flow`. */
export const readFlow = async (apiUrl: string): Promise<Flow> =>
  ((await (await fetchOk(`${apiUrl}/v1/flow`)).json()) as { lanes: Flow }).lanes

/** Hands over every row of `/v1/messages` or `/v1/readings`, page by page: never more than one page is held. */
const eachRow = async <Row>(apiUrl: string, path: string, see: (row: Row) => unknown): Promise<void> => {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetchOk(`${apiUrl}${path}?limit=${rowsPerPage}${query}`)
    for (const line of (await response.text()).split('\n')) if (line !== '') see(JSON.parse(line))
    cursor = response.headers.get('x-next-cursor')
  }
}

/** Shows the ledger all that is there, of the devices that it speaks of. */
export const readBack = async (
  apiUrl: string,
  ledger: Pick<Ledger, 'messageSeen' | 'readingSeen'>,
  isOurs: (deviceId: string) => boolean = () => true,
): Promise<void> => {
  await eachRow<StoredMessage>(apiUrl, '/v1/messages', (row) => isOurs(row.deviceId) && ledger.messageSeen(row))
  await eachRow<StoredReading>(apiUrl, '/v1/readings', (row) => isOurs(row.deviceId) && ledger.readingSeen(row))
}

export interface DrainOptions {
  readonly limitMs: number
  /** Packs on the bus, where somebody knows. */
  readonly waiting?: () => Promise<number>
  /** How long nothing may move before it counts as drained. */
  readonly quietMs?: number
}

/**
 * Waits until nothing is on its way any more: no pack on the bus, no message pending, no count that moves.
 * @returns the flow then, and whether that came in time
 */
export const drain = async (apiUrl: string, { limitMs, waiting = async () => 0, quietMs = 300 }: DrainOptions) => {
  const deadline = Date.now() + limitMs
  let last = ''
  let sinceMs = Date.now()
  for (;;) {
    const packs = await waiting().catch(() => 1)
    const flow = await readFlow(apiUrl).catch(() => null)
    const now = JSON.stringify(flow)
    if (flow === null || packs > 0 || now !== last) sinceMs = Date.now()
    last = now
    const pending = flow ? flow.sigfox.pulse.pending + flow.nbiot.pulse.pending : 1
    const isQuiet = flow !== null && packs === 0 && pending === 0 && Date.now() - sinceMs >= quietMs
    if (flow !== null && (isQuiet || Date.now() > deadline)) return { flow, inTime: isQuiet, packs }
    if (Date.now() > deadline + 30_000) throw new Error(`GET ${apiUrl}/v1/flow does not answer`)
    await pause(60)
  }
}

/** P37: sentences for counts that do not add up; none where every message is in exactly one state at every stage. */
export const imbalances = (flow: Flow): string[] =>
  Object.entries(flow).flatMap(([lane, { raw, pulse }]) => {
    const sums: [string, number, number][] = [
      ['raw received = stored + duplicates + rejected', raw.received, raw.stored + raw.duplicates + raw.rejected],
      ['pulse stored = decoded + rejected + pending', pulse.stored, pulse.decoded + pulse.rejected + pulse.pending],
      ['raw stored = pulse stored', raw.stored, pulse.stored],
      ['pending = 0', pulse.pending, 0],
    ]
    const wrong = sums.filter(([, left, right]) => left !== right)
    return wrong.map(([sum, left, right]) => `${lane}: ${sum}, but ${left} is not ${right}`)
  })
