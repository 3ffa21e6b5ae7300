import type { Section } from '../text/table.ts'
import type { Floors } from './floors.ts'
import type { Folder, Room } from './rooms.ts'
import type { Walks } from './walk/index.ts'
import type { Step } from './walk/walker.ts'

/** What was measured of one state of the code. */
export interface House {
  readonly rooms: readonly Room[]
  readonly folders: readonly Folder[]
  /** The rooms above each other. */
  readonly whole: Floors
  readonly walks: Walks
}

const floorsNotes = [
  'Floors: the longest import path, types included, through the groups of a folder: its sub-folders and the files that lie directly in it. Floors of folders: through its sub-folders alone.',
  'Upward arrows are as few as break all circles. They are left out of the path.',
]

const roomSection = (rooms: readonly Room[]): Section => ({
  title: 'Rooms',
  columns: ['room', 'files', 'lines', 'median lines', 'longest', 'longest file'],
  rows: rooms.map((room) => [
    room.name,
    room.files,
    room.lines,
    room.medianLines,
    room.longest.lines,
    room.longest.path,
  ]),
  notes: [],
})

const floorCells = ({ groups, arrows, floors, upward }: Floors, path: readonly string[]) => [
  groups,
  arrows,
  floors,
  upward.length,
  [path.join(' > '), ...upward.map((arrow) => `upward: ${arrow}`)].filter(Boolean).join('; '),
]

const folderSection = ({ folders, whole }: House): Section => ({
  title: 'Folders',
  columns: ['folder', 'files in it', 'floors of folders', 'groups', 'arrows', 'floors', 'upward', 'longest path'],
  rows: [
    ['the rooms themselves', null, whole.floors, ...floorCells(whole, whole.path)],
    ...folders.map((folder) => {
      const hasFolders = folder.groups > folder.files
      return [
        folder.name,
        folder.files,
        folder.floorsOfFolders || null,
        ...floorCells(folder, hasFolders ? folder.path : []),
      ]
    }),
  ],
  notes: floorsNotes,
})

const functionsOf = ({ files }: Step) => files.reduce((sum, { functions }) => sum + functions.length, 0)

const stepSection = ({ steps }: Walks): Section => ({
  title: 'One message, step by step',
  columns: ['step', 'files', 'named functions', 'SQL', 'hops of a publish', 'from the use case to the call of the bus'],
  rows: steps.map((step) => [
    step.name,
    step.files.length,
    functionsOf(step),
    step.statements.length,
    step.publishPath.length || null,
    step.publishPath.join(' > '),
  ]),
  notes: [
    'The second message of a fresh process: Sigfox, a frame 0x46; NB-IoT, a Dragino datagram with two records of history.',
    'Files: those in which a named function was called (V8 precise coverage). The call to AWS is replaced, PostgreSQL is real. SQL: BEGIN and COMMIT included.',
  ],
})

/** The product's files that a message enters on its way, each once. */
export const filesOf = (steps: readonly Step[]): string[] =>
  [...new Set(steps.flatMap(({ files }) => files.map(({ path }) => path)))].sort()

const waySection = ({ ways }: Walks): Section => ({
  title: 'One message, end to end',
  columns: ['way', 'distinct files', 'SQL'],
  rows: ways.map(({ name, steps }) => [
    name,
    filesOf(steps).length,
    steps.reduce((sum, { statements }) => sum + statements.length, 0),
  ]),
  notes: [],
})

export const sectionsOf = (house: House): Section[] => [
  roomSection(house.rooms),
  folderSection(house),
  stepSection(house.walks),
  waySection(house.walks),
]
