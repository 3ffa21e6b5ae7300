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

/** @throws Error with what was answered instead */
export const fetchOk = async (url: string): Promise<Response> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
  return response
}

/** The counts of `GET /v1/flow`. */
export const readFlow = async (apiUrl: string): Promise<Flow> =>
  ((await (await fetchOk(`${apiUrl}/v1/flow`)).json()) as { lanes: Flow }).lanes

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
