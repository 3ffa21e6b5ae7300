import { expect, test } from 'vitest'
import { readCursor, writeCursor } from '../../../core/api/cursor.ts'

test('a cursor is safe in a URL and comes back as the key', () => {
  for (const value of [0, 1, 62, 63, 1e12, 1_767_225_600_000]) {
    const cursor = writeCursor([value, '>?~-_'.slice(3), 'flow_alarm'])
    expect(cursor).toMatch(/^[\w-]+$/)
    expect(readCursor(cursor, ['instant', 'word', 'word'])).toEqual([value, '-_', 'flow_alarm'])
  }
})

test.each([
  ['not base64', '***'],
  ['not JSON', btoa('x')],
  ['not a list', btoa('{}')],
  ['too short', btoa('[1]')],
  ['too long', btoa('[1,"a","b"]')],
  ['of another type', btoa('["1","a"]')],
  ['a time that is none', btoa('[1e20,"a"]')],
  ['text that no key has', btoa('[1,"a\\u0000"]')],
])('a cursor that is %s is refused', (_, cursor) => {
  expect(() => readCursor(cursor, ['instant', 'word'])).toThrow('cursor')
})
