import { hash } from 'node:crypto'
import type { Digest } from '../../core/message/identity.ts'

/** One-shot SHA-256 as hex: 1 to 2 µs a message, half of what `createHash` takes. */
export const sha256: Digest = (input) => hash('sha256', input, 'hex')
