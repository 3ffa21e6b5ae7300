import type { IncomingMessage } from 'node:http'
import type { Outcome } from '../core/message/outcome.ts'
import type { RawItem } from '../core/message/uplink.ts'
import { answerCallback, largestBodyBytes, tooLarge } from '../core/sigfox/answer.ts'
import { tokenOf } from '../core/sigfox/authorization.ts'
import { readBatch, readCallback, type SigfoxCallbackSettings } from '../core/sigfox/callback.ts'
import { declaredBytes, readBody } from './body.ts'

export interface Answer {
  readonly statusCode: number
  /** JSON; null for none. */
  readonly body: string | null
}

/** The words of the HTTP API before the other door, so that nobody can tell which one answers. */
const refusals = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests' }

const refuse = (statusCode: keyof typeof refusals): Answer => ({
  statusCode,
  body: JSON.stringify({ message: refusals[statusCode] }),
})

/** Sigfox hangs up after 10 s; a body takes 5 s at most, and a publish that fails as well. */
const answerWithinMs = 6_000

/** Bodies that are being read, together: thousands of ordinary callbacks, or 64 of the largest. */
const mostBodyBytes = 16 * 1024 * 1024

const routes: Readonly<Record<string, 'one' | 'batch'>> = { '/sigfox/uplink': 'one', '/sigfox/batch': 'batch' }

const routeOf = ({ method, url = '' }: IncomingMessage) =>
  method === 'POST' ? routes[url.split('?', 1)[0] ?? ''] : undefined

/** Where a header comes twice its values are joined, and open nothing. */
const authorizationOf = ({ headersDistinct }: IncomingMessage) => headersDistinct.authorization?.join(',')

/**
 * The Sigfox door: answers a callback only when the bus has what came. Nothing of its body is looked at before its token
 * was.
 * @param take answers an outcome for each message, within the time given
 */
export const createDoor = ({
  isValid,
  callback,
  take,
}: {
  isValid: (token: string) => Promise<boolean>
  callback: SigfoxCallbackSettings
  take: (items: readonly RawItem[], bodyBytes: number, withinMs: number) => Promise<readonly Outcome[]>
}) => {
  let bodyBytes = 0

  const read = async (incoming: IncomingMessage, mostBytes: number) => {
    bodyBytes += mostBytes
    try {
      return await readBody(incoming)
    } finally {
      bodyBytes -= mostBytes
    }
  }

  return async (incoming: IncomingMessage): Promise<Answer> => {
    const begunAtMs = performance.now()
    const route = routeOf(incoming)
    if (!route) return refuse(404)
    const authorization = authorizationOf(incoming)
    if (!authorization) return refuse(401)
    const token = tokenOf(authorization)
    if (token === null || !(await isValid(token))) return refuse(403)
    const mostBytes = declaredBytes(incoming)
    if (mostBytes > largestBodyBytes) return tooLarge
    if (bodyBytes + mostBytes > mostBodyBytes) return refuse(429)
    const bytes = await read(incoming, mostBytes)
    if (bytes === null) return tooLarge
    const body = { contentType: incoming.headers['content-type'] ?? '', bytes, receivedAtMs: Date.now() }
    const items = route === 'batch' ? readBatch(body, callback) : [readCallback(body, callback)]
    return answerCallback(await take(items, bytes.length, begunAtMs + answerWithinMs - performance.now()))
  }
}
