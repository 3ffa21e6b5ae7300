import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { importDevices, listRegistry } from '../../adapters/postgres/registry.ts'
import { NoDatabase, withDatabase } from '../connection.ts'
import { FileFault, readDevices } from './file.ts'
import { recordOf, tableOf } from './table.ts'

const usage = `Usage: npm run devices -- import FILE.csv [--database-url URL]
       npm run devices -- list [--json] [--database-url URL]

The database is that of --database-url, else of DATABASE_URL, else of the local run in DATA_DIR (.data).`

/** The words and options of the command line; null where they are none of ours. */
const readArguments = () => {
  try {
    const options = { 'database-url': { type: 'string' }, json: { type: 'boolean' } } as const
    const { positionals, values } = parseArgs({ allowPositionals: true, options })
    const [command, file, ...rest] = positionals
    const fits = command === 'import' ? file && !values.json : command === 'list' && !file
    return fits && rest.length === 0 ? { command, file, url: values['database-url'], json: values.json ?? false } : null
  } catch {
    return null
  }
}

const readText = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new FileFault(`cannot be read: ${(error as Error).message}`)
  }
}

const importFile = async (file: string, url: string | undefined) => {
  const devices = readDevices(readText(file))
  const count = await withDatabase(url, process.env, (pool) => importDevices(pool, devices))
  console.log(`${count.added} added, ${count.changed} changed, ${count.unchanged} unchanged`)
}

const list = async (json: boolean, url: string | undefined) => {
  const devices = await withDatabase(url, process.env, listRegistry)
  if (json) console.log(JSON.stringify(devices.map(recordOf), null, 2))
  else console.log(devices.length > 0 ? tableOf(devices) : 'No devices are registered.')
}

const asked = readArguments()
if (asked === null) {
  console.error(usage)
  process.exitCode = 2
} else {
  try {
    if (asked.command === 'import' && asked.file) await importFile(asked.file, asked.url)
    else await list(asked.json, asked.url)
  } catch (error) {
    if (error instanceof FileFault) {
      for (const fault of error.message.split('\n')) console.error(`${asked.file}: ${fault}`)
      console.error('Nothing was imported.')
    } else if (error instanceof NoDatabase) console.error(error.message)
    else console.error(`The database refused: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
