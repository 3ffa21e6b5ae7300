import { expect, test } from 'vitest'
import { foldersOf, roomsOf } from '../../house/rooms.ts'

const source = (path: string, lines: number, ...imports: string[]) => ({ path, lines, imports })

const sources = [
  source('core/api/page.ts', 30),
  source('core/sigfox/body.ts', 10),
  source('core/sigfox/callback.ts', 90, 'core/sigfox/body.ts', 'core/api/page.ts'),
  source('door/run.ts', 43, 'core/api/page.ts'),
  source('vitest.config.ts', 20),
]

test('a room is a top-level folder: its files and lines, the median and the longest file', () => {
  expect(roomsOf(sources)).toEqual([
    { name: 'core', files: 3, lines: 130, medianLines: 30, longest: { path: 'core/sigfox/callback.ts', lines: 90 } },
    { name: 'door', files: 1, lines: 43, medianLines: 43, longest: { path: 'door/run.ts', lines: 43 } },
  ])
})

test('every folder tells the files that lie directly in it and its floors', () => {
  const folders = foldersOf(sources).map(({ name, files, groups, floors }) => [name, files, groups, floors])
  expect(folders).toEqual([
    ['core', 0, 2, 2],
    ['core/api', 1, 1, 1],
    ['core/sigfox', 2, 2, 2],
    ['door', 1, 1, 1],
  ])
})
