import type { IncomingMessage } from 'node:http'
import { largestBodyBytes } from '../core/sigfox/callback.ts'

/** The length that a request declares for its body, or the most allowed if it declares none. */
export const declaredBytes = ({ headers }: IncomingMessage): number =>
  Number(headers['content-length'] ?? largestBodyBytes)

/** The whole body, or null if it is larger than the door takes. Rejects if the sender hangs up before its end. */
export const readBody = (incoming: IncomingMessage): Promise<Buffer | null> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > largestBodyBytes) {
        chunks.length = 0
        resolve(null)
      } else chunks.push(chunk)
    })
    incoming.on('end', () => resolve(Buffer.concat(chunks)))
    incoming.on('close', () => reject(new Error('the sender hung up')))
  })
