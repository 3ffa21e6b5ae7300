import { ApiFault } from './fault.ts'

/** The key of the last row of a page. The next page begins after it, even if rows were inserted before it since. */
export type Key = readonly (string | number)[]

const isPart = {
  instant: (part: unknown) => typeof part === 'number' && Number.isInteger(part) && Math.abs(part) < 8.64e15,
  integer: (part: unknown) => typeof part === 'number' && Number.isSafeInteger(part),
  uuid: (part: unknown) => typeof part === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part),
  word: (part: unknown) => typeof part === 'string' && /^[\w.-]{0,64}$/.test(part),
} as const

/** What a key consists of, in order. */
export type KeyShape = readonly (keyof typeof isPart)[]

/** A key as opaque text that is safe in a URL. */
export const writeCursor = (key: Key): string =>
  btoa(JSON.stringify(key)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const decode = (cursor: string): unknown => {
  try {
    return JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return null
  }
}

/** @throws ApiFault if `writeCursor` did not write it, or wrote it for another path */
export const readCursor = (cursor: string, shape: KeyShape): Key => {
  const key = decode(cursor)
  if (!Array.isArray(key) || key.length !== shape.length || !shape.every((kind, i) => isPart[kind](key[i]))) {
    throw new ApiFault(400, 'cursor is not from this path: send "next" unchanged, or leave it out.')
  }
  return key
}
