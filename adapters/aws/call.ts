import { createHash, createHmac, createSecretKey } from 'node:crypto'
import type { Readable } from 'node:stream'
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler'
import { SignatureV4 } from '@smithy/signature-v4'
import { awsFault, ownCredentials } from './credentials.ts'

const asBytes = (secret: string | ArrayBuffer | ArrayBufferView): Uint8Array =>
  typeof secret === 'string'
    ? Buffer.from(secret)
    : ArrayBuffer.isView(secret)
      ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
      : new Uint8Array(secret)

/** The SHA-256 that the signer asks for: with a secret it is an HMAC. */
export class Sha256 {
  private readonly hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    // Node 24 finds out by throwing that plain bytes are no key: four fifths of the 20 µs that such an HMAC takes
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', createSecretKey(asBytes(secret)))
  }
  update(data: Uint8Array): void {
    this.hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }
  reset(): void {}
}

const ownRegion = async (): Promise<string> => {
  const { AWS_REGION } = process.env
  if (!AWS_REGION) throw awsFault('NoRegion', 'AWS_REGION must be set.')
  return AWS_REGION
}

/** Signs requests to a service with the credentials of this process. Throws `NoRegion` or `NoCredentials` as it signs. */
export const openSigner = (service: string): SignatureV4 =>
  new SignatureV4({ service, region: ownRegion, sha256: Sha256, credentials: ownCredentials() })

/** A service that speaks AWS's JSON protocol. */
export interface Service {
  /** As signatures name it. */
  readonly name: string
  /** What stands before an action's name. */
  readonly target: string
  readonly jsonVersion: '1.0' | '1.1'
}

/** Calls one action. Throws an Error whose name is the service's word for what is wrong. */
export type Call = (action: string, input: object, abortSignal?: AbortSignal) => Promise<unknown>

/** What stands between us and the service need not speak JSON. An unreadable answer is never repeated: it may be secret. */
const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const readAnswer = (statusCode: number, body: string): unknown => {
  const answer = parse(body) as Readonly<Record<string, unknown>> | null
  if (statusCode === 200 && answer !== null) return answer
  // `com.amazonaws.sqs#QueueDoesNotExist`
  const name = String(answer?.__type ?? '')
    .split('#')
    .at(-1)
  throw awsFault(name || `HTTP ${statusCode}`, String(answer?.message ?? answer?.Message ?? 'no readable answer'))
}

const placeOf = (endpoint: string) => {
  const { host, protocol, hostname, port } = new URL(endpoint)
  return {
    host,
    request: { method: 'POST', protocol, hostname, ...(port && { port: Number(port) }), path: '/', query: {} },
  }
}

type Signed = Awaited<ReturnType<SignatureV4['sign']>>
type Send = (signed: Signed, abortSignal?: AbortSignal) => Promise<{ statusCode: number; text: string }>

const signedCall = ({ name, target, jsonVersion }: Service, endpoint: string, send: Send): Call => {
  const signer = openSigner(name)
  const contentType = `application/x-amz-json-${jsonVersion}`
  let place: ReturnType<typeof placeOf> | null = null

  return async (action, input, abortSignal) => {
    place ??= placeOf(endpoint)
    const headers = { host: place.host, 'content-type': contentType, 'x-amz-target': `${target}.${action}` }
    const signed = await signer.sign({ ...place.request, headers, body: JSON.stringify(input) })
    const { statusCode, text } = await send(signed, abortSignal)
    return readAnswer(statusCode, text)
  }
}

/** By its events: the async iterator behind `stream/consumers` is a tenth of a call. An answer that breaks off is an error. */
const textOf = (body: Readable): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    body.on('data', (chunk: Buffer) => chunks.push(chunk))
    body.on('end', () => resolve(Buffer.concat(chunks).toString()))
    body.on('error', reject)
  })

type Sendable = Parameters<NodeHttpHandler['handle']>[0]

/**
 * Calls a service with the signer and the HTTP of the SDK, but without its clients: for one action they take three times
 * the CPU of a call, and 300 KB of the bundle. Each call is tried once.
 */
export const openCall = (service: Service, endpoint: string, timeouts: NodeHttpHandlerOptions): Call => {
  const http = new NodeHttpHandler(timeouts)
  return signedCall(service, endpoint, async (signed, abortSignal) => {
    // the handler reads the fields of a request, and asks for the class
    const { response } = await http.handle(signed as Sendable, abortSignal ? { abortSignal } : {})
    return { statusCode: response.statusCode, text: await textOf(response.body) }
  })
}

/**
 * The same by `fetch`, for one call in the life of a process: the HTTP of the SDK is 8 KB of the bundle, and 5 ms of every
 * cold start. The only time limit is that of the signal.
 */
export const openFetchCall = (service: Service, endpoint: string): Call =>
  signedCall(service, endpoint, async ({ method, headers, body }, abortSignal) => {
    try {
      const response = await fetch(new URL('/', endpoint), { method, headers, body, signal: abortSignal ?? null })
      return { statusCode: response.status, text: await response.text() }
    } catch (error) {
      // fetch wraps it in a TypeError, which would look like a fault of ours
      throw (error as Error).cause ?? error
    }
  })
