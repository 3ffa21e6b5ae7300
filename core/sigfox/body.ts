import type { RejectReason } from '../message/rejects.ts'
import { fieldsOf, type SigfoxFields } from './fields.ts'

/** Bytes that are no UTF-8 do not matter in a name or a place; in a field that counts they are no id and no number. */
export const readText = (body: Uint8Array): string => new TextDecoder().decode(body)

/** A number as it is written: its value would make 120000 of the id 12E4, and round what is above 2^53. */
const asWritten = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? context?.source : value

const readJson = (text: string): SigfoxFields | null => {
  try {
    const value: unknown = JSON.parse(text, asWritten)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? fieldsOf(Object.entries(value)) : null
  } catch {
    return null
  }
}

const readPair = (part: string): [name: string, value: string][] => {
  const at = part.search(/[:=]/)
  const name = part.slice(0, at).trim()
  return at > 0 && /^[\w#.-]+$/.test(name) ? [[name, part.slice(at + 1).trim()]] : []
}

/** `device:C0FFEE; data:46…; time:1735689600`, separated by semicolons or line breaks. */
const readPairs = (text: string): SigfoxFields | null => {
  const pairs = text.split(/[;\r\n]+/).flatMap(readPair)
  return pairs.length === 0 ? null : fieldsOf(pairs)
}

/**
 * The fields of a callback's body: JSON, a form, or text. What it looks like decides; its content type only where it
 * could be two things, since that is a free field in the Sigfox backend. No expression here may take more than one
 * pass over the text: a body of 256 KB that makes one go back over itself would hold the door for minutes.
 */
export const readFields = (contentType: string, text: string): SigfoxFields | RejectReason => {
  const trimmed = text.trim()
  if (trimmed === '') return 'body_empty'
  if (trimmed.startsWith('{')) return readJson(trimmed) ?? 'body_unreadable'
  if (/^\s*text\//i.test(contentType) && !/^[^=:;\s]+=[^;\s]*(&|$)/.test(trimmed))
    return readPairs(trimmed) ?? 'body_unreadable'
  if (/^[^=&\s]+=/.test(trimmed)) return fieldsOf(new URLSearchParams(trimmed))
  return readPairs(trimmed) ?? 'body_unreadable'
}
