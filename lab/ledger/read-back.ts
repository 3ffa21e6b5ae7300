import { setTimeout as pause } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'
import type { StoredMessage, StoredReading } from './model.ts'

interface LaneFlow {
  readonly raw: Readonly<Record<'received' | 'stored' | 'duplicates' | 'rejected', number>>
  readonly pulse: Readonly<Record<'stored' | 'decoded' | 'rejected' | 'pending', number>>
  readonly readings: number
}
export type Flow = Readonly<Record<'sigfox' | 'nbiot', LaneFlow>>

/** What was counted from one flow to a later one. */
export const flowSince = (before: Flow, after: Flow): Flow => {
  const less = <T extends Readonly<Record<string, number>>>(now: T, then: T): T =>
    Object.fromEntries(Object.entries(now).map(([name, count]) => [name, count - (then[name] ?? 0)])) as T
  const laneSince = (now: LaneFlow, then: LaneFlow): LaneFlow => ({
    raw: less(now.raw, then.raw),
    pulse: less(now.pulse, then.pulse),
    readings: now.readings - then.readings,
  })
  return { sigfox: laneSince(after.sigfox, before.sigfox), nbiot: laneSince(after.nbiot, before.nbiot) }
}

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
 * Shows the ledger all that is there, of the devices that it speaks of.
 * @param between instants in seconds since 1970, where there is more than the ledger speaks of
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
  /** Packs on the bus, where somebody knows. */
  readonly waiting?: () => Promise<number>
  /** How long nothing may move before it counts as drained. */
  readonly quietMs?: number
  /** How long the system may say nothing at all before it is given up. */
  readonly silenceMs?: number
}

/**
 * Waits until nothing is on its way any more: no pack on the bus, no message pending, no count that moves.
 * @returns the flow then, and whether that came in time
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

/** A sum that must hold in the counts of a lane. */
export interface Balance {
  readonly lane: string
  readonly check: string
  readonly left: number
  readonly right: number
}

/** P37: every message is in exactly one state at every stage. */
export const balancesOf = (flow: Flow): Balance[] =>
  Object.entries(flow).flatMap(([lane, { raw, pulse }]) => {
    const sums: [string, number, number][] = [
      ['raw received = stored + duplicates + rejected', raw.received, raw.stored + raw.duplicates + raw.rejected],
      ['pulse stored = decoded + rejected + pending', pulse.stored, pulse.decoded + pulse.rejected + pulse.pending],
      ['raw stored = pulse stored', raw.stored, pulse.stored],
      ['pending = 0', pulse.pending, 0],
    ]
    return sums.map(([check, left, right]) => ({ lane, check, left, right }))
  })

/** P37: sentences for counts that do not add up; none where every message is in exactly one state at every stage. */
export const imbalances = (flow: Flow): string[] =>
  balancesOf(flow)
    .filter(({ left, right }) => left !== right)
    .map(({ lane, check, left, right }) => `${lane}: ${check}, but ${left} is not ${right}`)
