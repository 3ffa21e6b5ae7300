import { vital } from '../../contract/vitals.ts'

/** The counters of a gateway at one moment, and when they were asked for. */
export interface Scrape {
  readonly atMs: number
  readonly answeredAtMs: number
  readonly received: number
  readonly accepted: number
  readonly rejected: number
  readonly shed: number
  readonly kernelDrops: number
  readonly publishFailures: number
  /** By bound in seconds: how many confirmations took at most that long. */
  readonly confirmedWithin: ReadonlyMap<number, number>
}

const scrapeLimitMs = 2_000

/** Reads metrics in Prometheus text format. */
export const parseScrape = (text: string, atMs: number, answeredAtMs: number): Scrape => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const samples = lines.map((line) => ({
    name: /^\w+/.exec(line)?.[0] ?? '',
    bound: /le="([^"]+)"/.exec(line)?.[1],
    value: Number(line.slice(line.lastIndexOf(' ') + 1)),
  }))
  const sum = (name: string) => samples.reduce((total, one) => total + (one.name === name ? one.value : 0), 0)
  const buckets = samples.filter(({ name }) => name === `${vital.confirmSeconds}_bucket`)
  return {
    atMs,
    answeredAtMs,
    received: sum(vital.received),
    accepted: sum(vital.accepted),
    rejected: sum(vital.rejected),
    shed: sum(vital.shed),
    kernelDrops: sum(vital.kernelDrops),
    publishFailures: sum(vital.publishFailures),
    confirmedWithin: new Map(buckets.map(({ bound, value }) => [bound === '+Inf' ? Infinity : Number(bound), value])),
  }
}

export const settledIn = ({ accepted, rejected, shed }: Scrape) => accepted + rejected + shed

/** Reads a gateway's `/metrics`. Null while it does not answer. */
export const scrape = async (gatewayUrl: string): Promise<Scrape | null> => {
  const atMs = Date.now()
  try {
    const response = await fetch(`${gatewayUrl}/metrics`, { signal: AbortSignal.timeout(scrapeLimitMs) })
    return response.ok ? parseScrape(await response.text(), atMs, Date.now()) : null
  } catch {
    return null
  }
}
