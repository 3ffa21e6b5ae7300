import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../text/table.ts'
import { filesOf, type House, sectionsOf } from './report.ts'
import { floorsOfRooms, foldersOf, roomsOf } from './rooms.ts'
import { readSources } from './sources.ts'
import { walkAll } from './walk/index.ts'

const usage = `npm run house -- [--root DIR] [--json]
Measures the rooms of the code, how they lie above each other, and what one message enters on its way. DIR: a clone with its packages.`

const measure = async (root: string): Promise<House> => {
  const sources = readSources(root)
  const callFile = sources.find(({ path }) => /^adapters\/aws[/-]call\.ts$/.test(path))
  if (!callFile) throw new Error(`There is no adapters/aws/call.ts in ${root}: the walk replaces it.`)
  return {
    rooms: roomsOf(sources),
    folders: foldersOf(sources),
    whole: floorsOfRooms(sources),
    walks: await walkAll(root, callFile.path),
  }
}

/** The house for a program: without the messages themselves. */
const plain = ({ walks: { steps, ways }, ...house }: House) => ({
  ...house,
  steps: steps.map(({ published: _, ...step }) => step),
  ways: ways.map((way) => ({ name: way.name, files: filesOf(way.steps) })),
})

const readOptions = () => {
  try {
    return parseArgs({ options: { root: { type: 'string' }, json: { type: 'boolean' } } }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

const options = readOptions()
const house = await measure(resolve(options.root ?? join(import.meta.dirname, '../..')))
console.log(options.json ? JSON.stringify(plain(house), null, 2) : sectionsOf(house).map(table).join('\n'))
