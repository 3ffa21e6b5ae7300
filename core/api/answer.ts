import { ApiFault } from './fault.ts'
import { type RawParameters, readSlice } from './parameters.ts'
import { type Content, type Route, routes } from './routes.ts'
import type { ApiStore } from './store.ts'

export interface ApiRequest {
  readonly method: string
  /** From `/v1` on, without the query. */
  readonly path: string
  readonly parameters: RawParameters
  /** The header of this name. */
  readonly accept?: string | undefined
}

export interface ApiAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const json = { 'content-type': 'application/json' }

/** An error answer: `{"error": "one sentence"}`. */
export const refusal = (statusCode: number, error: string, headers: Record<string, string> = {}): ApiAnswer => ({
  statusCode,
  headers: { ...json, ...headers },
  body: JSON.stringify({ error }),
})

/** The `{id}` in a `path` of the form `template`, or empty if the form has none. null if the path has another form. */
const match = (template: string, path: string): string | null => {
  const expected = template.split('/')
  const actual = path.split('/')
  const fits = expected.length === actual.length && expected.every((part, i) => part === '{id}' || part === actual[i])
  return fits ? (actual[expected.indexOf('{id}')] ?? '') : null
}

const find = (path: string): { route: Route; id: string } => {
  for (const route of routes) {
    const id = match(route.path, path)
    if (id !== null) return { route, id }
  }
  throw new ApiFault(404, `There is nothing here. The paths are ${routes.map((route) => route.path).join(', ')}.`)
}

const cell = (value: unknown): string => {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A page as CSV. Only the first page has a header, so that all pages joined are one file. */
const csvOf = (items: readonly object[], columns: readonly string[], isFirst: boolean): string => {
  const lines = items.map((item) => columns.map((name) => cell((item as Record<string, unknown>)[name])).join(','))
  return [...(isFirst ? [columns.join(',')] : []), ...lines].map((line) => `${line}\n`).join('')
}

const wantsCsv = (accept: string | undefined) =>
  /(^|,)\s*text\/csv\s*(;(?!\s*q=0(\.0*)?\s*(,|$))|,|$)/i.test(accept ?? '')

const sent = (content: Content, { path, parameters, accept }: ApiRequest): ApiAnswer => {
  if ('json' in content) return { statusCode: 200, headers: json, body: JSON.stringify(content.json) }
  const { items, next } = content.lines
  const given = Object.entries({ ...parameters, cursor: next ?? undefined }).filter(([, value]) => value !== undefined)
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')
  const more = next === null ? {} : { 'x-next-cursor': next, link: `<${path}?${query}>; rel="next"` }
  const isCsv = wantsCsv(accept)
  return {
    statusCode: 200,
    headers: { 'content-type': isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson', vary: 'accept', ...more },
    body: isCsv
      ? csvOf(items, content.columns, parameters.cursor === undefined)
      : items.map((item) => `${JSON.stringify(item)}\n`).join(''),
  }
}

interface Host {
  readonly store: ApiStore
  readonly now: () => number
  /** How large a body may be, in bytes of it as a JSON string. */
  readonly mostBodyBytes: number
}

/**
 * Answers a request to `/v1`: 200, or 400, 404 or 405 with `{"error": "one sentence"}`.
 * @throws what the store throws
 */
export const answer =
  ({ store, now, mostBodyBytes }: Host) =>
  async (request: ApiRequest): Promise<ApiAnswer> => {
    try {
      const { route, id } = find(request.path)
      if (request.method !== 'GET') throw new ApiFault(405, 'This API is read-only: use GET.')
      const slice = readSlice(request.parameters, route.parameters, route.shape)
      const limit = { rows: slice.limit, bodyBytes: mostBodyBytes }
      return sent(await route.answer(store, { slice, id, nowMs: now(), limit }), request)
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error
      return refusal(error.status, error.message, error.status === 405 ? { allow: 'GET' } : {})
    }
  }
