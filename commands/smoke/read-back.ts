import { setTimeout as pause } from 'node:timers/promises'
import { OperationFault } from '../../contract/operation-fault.ts'
import { signedFetch } from '../../operations/signed-request.ts'
import { causeOf } from './doors.ts'
import type { Probe } from './messages.ts'

/** The API to read back from, and whether its requests are signed. */
export interface ReadingApi {
  readonly url: URL
  readonly signed: boolean
}

interface Reading {
  readonly channel: string
  readonly readAt: string
  readonly index: number
}

const everyMs = 500
const patienceMs = 30_000

/** The region in the host name of an API on AWS. A custom domain has none: then that of the credentials holds. */
const regionOf = ({ hostname }: URL) => /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname)?.[1]

const get = async ({ url, signed }: ReadingApi, path: string): Promise<{ status: number; text: string }> => {
  const whole = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url)
  const signal = AbortSignal.timeout(patienceMs)
  const region = regionOf(url)
  const asked = signed
    ? signedFetch('execute-api', whole, { method: 'GET', signal, ...(region ? { region } : {}) })
    : fetch(whole, { signal })
  const response = await asked.catch((error: unknown) => {
    if (error instanceof OperationFault) throw error
    throw new OperationFault(`The reading API ${url} does not answer: ${causeOf(error)}.`)
  })
  return { status: response.status, text: await response.text() }
}

const requireRead = (url: URL, { status, text }: { status: number; text: string }) => {
  if (status === 401 || status === 403)
    throw new OperationFault(
      `The reading API refuses this identity (HTTP ${status}): it needs execute-api:Invoke. ${text.slice(0, 200)}`,
    )
  throw new OperationFault(`The reading API ${url} answers HTTP ${status}: ${text.slice(0, 200)}`)
}

const isRead = async (api: ReadingApi, { deviceId, readAt, indexes }: Probe): Promise<boolean> => {
  const answer = await get(api, `/devices/${deviceId}/readings?from=${encodeURIComponent(readAt)}`)
  if (answer.status !== 200) requireRead(api.url, answer)
  const { readings = [] } = JSON.parse(answer.text) as { readings?: Reading[] }
  return Object.entries(indexes).every(([channel, index]) =>
    readings.some((one) => one.channel === channel && one.index === index && one.readAt === readAt),
  )
}

/** Checks that the API can be read. @throws OperationFault */
export const requireApi = async (api: ReadingApi, probes: readonly Probe[]): Promise<void> => {
  for (const probe of probes) await isRead(api, probe)
}

/** Why the message was rejected; null if it was not. */
const rejectOf = async (api: ReadingApi, { deviceId }: Probe): Promise<string | null> => {
  const { status, text } = await get(api, `/rejects?device=${deviceId}&unresolved=true`)
  if (status !== 200) return null
  const { rejects = [] } = JSON.parse(text) as { rejects?: { stage: string; reason: string }[] }
  const last = rejects.at(-1)
  return last ? `${last.reason} at the step ${last.stage}` : null
}

/**
 * Asks again and again until the readings of the message are there. Calls `meanwhile` with the time since the beginning.
 * @returns milliseconds until they were there
 * @throws OperationFault if they are not there after `withinMs`, and what `meanwhile` throws
 */
export const readBack = async (
  api: ReadingApi,
  probe: Probe,
  withinMs: number,
  meanwhile: (passedMs: number) => void,
): Promise<number> => {
  const startedMs = Date.now()
  for (;;) {
    if (await isRead(api, probe)) return Date.now() - startedMs
    const passedMs = Date.now() - startedMs
    if (passedMs < withinMs) {
      meanwhile(passedMs)
      await pause(everyMs)
      continue
    }
    const reject = await rejectOf(api, probe)
    throw new OperationFault(
      reject === null
        ? `${probe.lane}: no reading of the message within ${withinMs / 1000} s. Find the step where it waits: door, raw or pulse (docs/runbook.md, R1, R11).`
        : `${probe.lane}: the message was rejected: ${reject} (docs/runbook.md, R3).`,
    )
  }
}
