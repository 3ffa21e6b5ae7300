import type { IncomingMessage } from 'node:http'
import { callbackReaders } from '../core/ingest/callbacks.ts'
import type { Outcome } from '../core/message/outcome.ts'
import type { RawItem } from '../core/message/uplink.ts'
import { tokenOf } from '../core/sigfox/authorization.ts'
import { answerCallback, largestBodyBytes, type SigfoxCallbackSettings, tooLarge } from '../core/sigfox/callback.ts'
import { declaredBytes, readBody } from './body.ts'

export interface Answer {
  readonly statusCode: number
  /** JSON; null for none. */
  readonly body: string | null
}

/** The words of the API Gateway before the function, so that both hosts of the door answer alike. */
const refusals = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests' }

const refuse = (statusCode: keyof typeof refusals): Answer => ({
  statusCode,
  body: JSON.stringify({ message: refusals[statusCode] }),
})

/** Sigfox hangs up after 10 s; reading a body takes at most 5 s of them, and so does a publish that fails. */
const answerWithinMs = 6_000

/** Bodies that are being read, together: thousands of ordinary callbacks, or 64 of the largest. */
const mostBodyBytes = 16 * 1024 * 1024

const readerOf = ({ method, url = '' }: IncomingMessage) =>
  method === 'POST' ? callbackReaders.get(url.split('?', 1)[0] ?? '') : undefined

/** The values of a header that comes twice are joined, and open nothing. */
const authorizationOf = ({ headersDistinct }: IncomingMessage) => headersDistinct.authorization?.join(',')

/**
 * The Sigfox door as HTTP: answers a callback only when the bus has what came. Nothing of a body is looked at before its
 * token was.
 * @param take answers an outcome for each message, within the time given
 */
export const createDoor = ({
  isValid,
  callback: settings,
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
    const readItems = readerOf(incoming)
    if (!readItems) return refuse(404)
    const authorization = authorizationOf(incoming)
    if (!authorization) return refuse(401)
    const token = tokenOf(authorization)
    if (token === null || !(await isValid(token))) return refuse(403)
    const mostBytes = declaredBytes(incoming)
    if (mostBytes > largestBodyBytes) return tooLarge
    if (bodyBytes + mostBytes > mostBodyBytes) return refuse(429)
    const bytes = await read(incoming, mostBytes)
    if (bytes === null) return tooLarge
    const contentType = incoming.headers['content-type'] ?? ''
    const body = { contentType, bytes, receivedAtMs: Date.now() }
    return answerCallback(readItems, body, settings, (items) =>
      take(items, bytes.length, begunAtMs + answerWithinMs - performance.now()),
    )
  }
}
