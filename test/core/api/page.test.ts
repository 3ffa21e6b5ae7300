import { expect, test } from 'vitest'
import { pageOf } from '../../../core/api/page.ts'

const collection = {
  shape: ['word'],
  keyOf: (row: string) => [row],
  show: (row: string) => ({ row }),
} as const

const itemsOf = (rows: string[], limit: { rows: number; bodyBytes: number }) => pageOf(rows, limit, collection).items

test('a page ends at the limit of rows, with a cursor only if there are more', () => {
  const roomy = { rows: 2, bodyBytes: 1_000_000 }
  expect(pageOf(['a', 'b'], roomy, collection)).toEqual({ items: [{ row: 'a' }, { row: 'b' }], next: null })
  expect(pageOf(['a', 'b', 'c'], roomy, collection)).toMatchObject({ items: { length: 2 }, next: expect.any(String) })
  expect(pageOf([], roomy, collection)).toEqual({ items: [], next: null })
})

test('a page ends at the bytes that the host allows, counted with the quotes escaped', () => {
  // {"row":"a"} is 11 bytes, and as a JSON string 17 with its own quotes
  expect(itemsOf(['a', 'b', 'c'], { rows: 9, bodyBytes: 34 })).toHaveLength(2)
  expect(itemsOf(['a', 'b', 'c'], { rows: 9, bodyBytes: 33 })).toHaveLength(1)
})

test('a row larger than the limit is a page of its own', () => {
  const { items, next } = pageOf(['long', 'b'], { rows: 9, bodyBytes: 5 }, collection)
  expect(items).toEqual([{ row: 'long' }])
  expect(next).not.toBeNull()
})
