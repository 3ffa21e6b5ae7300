import { posix } from 'node:path'
import { arrowsWithin, type Floors, floorsOf } from './floors.ts'
import type { Source } from './sources.ts'

/** A top-level folder with everything in it. */
export interface Room {
  readonly name: string
  readonly files: number
  readonly lines: number
  readonly medianLines: number
  readonly longest: Pick<Source, 'path' | 'lines'>
}

export interface Folder extends Floors {
  readonly name: string
  /** Files that lie directly in it. */
  readonly files: number
  /** The floors of its sub-folders alone. 0 where it has none. */
  readonly floorsOfFolders: number
}

const roomOf = ({ path }: Source) => (path.includes('/') ? (path.split('/')[0] ?? '') : '')

const measureRoom = (name: string, sources: readonly Source[]): Room => {
  const byLength = [...sources].sort((a, b) => a.lines - b.lines)
  const longest = byLength.at(-1)
  return {
    name,
    files: sources.length,
    lines: sources.reduce((sum, { lines }) => sum + lines, 0),
    medianLines: byLength[Math.floor(byLength.length / 2)]?.lines ?? 0,
    longest: { path: longest?.path ?? '', lines: longest?.lines ?? 0 },
  }
}

export const roomsOf = (sources: readonly Source[]): Room[] =>
  [...Map.groupBy(sources.filter(roomOf), roomOf)].map(([name, some]) => measureRoom(name, some))

const foldersAbove = (path: string): string[] => {
  const folder = posix.dirname(path)
  return folder === '.' ? [] : [...foldersAbove(folder), folder]
}

/** Every folder with code in it. */
export const foldersOf = (sources: readonly Source[]): Folder[] => {
  const names = [...new Set(sources.flatMap(({ path }) => foldersAbove(path)))].sort()
  return names.map((name) => {
    const own = sources.filter(({ path }) => posix.dirname(path) === name)
    const below = sources.filter((source) => !own.includes(source))
    return {
      name,
      files: own.length,
      floorsOfFolders: floorsOf(arrowsWithin(name, below)).floors,
      ...floorsOf(arrowsWithin(name, sources)),
    }
  })
}

/** The rooms above each other. */
export const floorsOfRooms = (sources: readonly Source[]): Floors => floorsOf(arrowsWithin('', sources.filter(roomOf)))
