import { expect, test } from 'vitest'
import { foldersOf, roomsOf } from '../../house/rooms.ts'

const source = (path: string, lines: number, ...imports: string[]) => ({ path, lines, imports })

const sources = [
  source('core/main.ts', 30, 'core/sigfox/callback.ts'),
  source('core/api/page.ts', 30),
  source('core/sigfox/body.ts', 10),
  source('core/sigfox/callback.ts', 90, 'core/sigfox/body.ts', 'core/api/page.ts'),
  source('door/run.ts', 43, 'core/api/page.ts'),
  source('vitest.config.ts', 20),
]

test('a room is a top-level folder: its files and lines, the median and the longest file', () => {
  expect(roomsOf(sources)).toEqual([
    { name: 'core', files: 4, lines: 160, medianLines: 30, longest: { path: 'core/sigfox/callback.ts', lines: 90 } },
    { name: 'door', files: 1, lines: 43, medianLines: 43, longest: { path: 'door/run.ts', lines: 43 } },
  ])
})

test('every folder has the files that lie directly in it, its floors, and those of its sub-folders alone', () => {
  const folders = foldersOf(sources).map(({ name, files, groups, floors, floorsOfFolders }) => [
    name,
    files,
    groups,
    floors,
    floorsOfFolders,
  ])
  expect(folders).toEqual([
    ['core', 1, 3, 3, 2],
    ['core/api', 1, 1, 1, 0],
    ['core/sigfox', 2, 2, 2, 0],
    ['door', 1, 1, 1, 0],
  ])
})
