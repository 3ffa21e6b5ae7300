import type { RejectReason } from '../rejects.ts'
import { fieldsOf, type SigfoxFields } from './fields.ts'

/** The text of a body; null where the bytes are no UTF-8. */
export const readText = (body: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}

const readJson = (text: string): SigfoxFields | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? fieldsOf(Object.entries(value)) : null
  } catch {
    return null
  }
}

/** `device:C0FFEE; data:46…; time:1735689600`, separated by semicolons or line breaks. */
const readPairs = (text: string): SigfoxFields | null => {
  const pairs = text
    .split(/[;\r\n]+/)
    .map((part) => /^\s*([\w#.-]+)\s*[:=]\s*(.*?)\s*$/.exec(part))
    .filter((match) => match !== null)
  return pairs.length === 0 ? null : fieldsOf(pairs.map(([, name, value]) => [name ?? '', value]))
}

/**
 * The fields of a callback's body: JSON, a form, or text. What it looks like decides; its content type only where it
 * could be two things, since that is a free field in the Sigfox backend.
 */
export const readFields = (contentType: string, text: string): SigfoxFields | RejectReason => {
  const trimmed = text.trim()
  if (trimmed === '') return 'body_empty'
  if (trimmed.startsWith('{')) return readJson(trimmed) ?? 'body_unreadable'
  if (/^\s*text\//i.test(contentType) && !/^[^:;\s]+=[^;\s]*(&|$)/.test(trimmed))
    return readPairs(trimmed) ?? 'body_unreadable'
  if (/^[^=&\s]+=/.test(trimmed)) return fieldsOf(new URLSearchParams(trimmed))
  return readPairs(trimmed) ?? 'body_unreadable'
}
