import { parseArgs } from 'node:util'
import { canonicalDeviceId, type DeviceId, deviceIdForm } from '../../core/message/identity.ts'
import { parseDuration, parseInstant } from '../../core/message/instant.ts'
import type { Operations } from '../../operations/index.ts'
import { aligned } from '../shared/aligned.ts'
import { Misuse, runCommand } from '../shared/command.ts'
import { targetOptions, targetUsage, withOperations } from '../shared/operate.ts'
import { changeOf, setOptions } from './change.ts'
import { importFile } from './import.ts'
import { printDevice, printRegistry, printSilent, printUnknown } from './lists.ts'

const usage = `Usage: npm run devices -- import FILE.csv [--dry-run]
       npm run devices -- list [--unknown | --silent-for 26h] [--json]
       npm run devices -- show ID
       npm run devices -- set ID [--profile NAME] [--weight ML|ML/PULSES] [--period SECONDS] [--time-zone ZONE]
                                 [--meter NAME] [--from INSTANT]
       npm run devices -- retire ID [--from INSTANT]
       npm run devices -- erase ID --yes

set corrects the registration in force; with --from a new one begins there, and what is not named is taken over.
list --unknown names devices that talk and are not registered, --silent-for registered ones that do not.

${targetUsage}`

const options = {
  ...targetOptions,
  ...setOptions,
  json: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  unknown: { type: 'boolean' },
  'silent-for': { type: 'string' },
  yes: { type: 'boolean' },
} as const

const allowed: Record<string, readonly string[]> = {
  import: ['dry-run'],
  list: ['json', 'unknown', 'silent-for'],
  show: [],
  set: Object.keys(setOptions),
  retire: ['from'],
  erase: ['yes'],
}

const readArguments = () => {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options })
    const [command = '', subject = '', ...rest] = positionals
    const named = [...(allowed[command] ?? []), ...Object.keys(targetOptions)]
    const fits = command in allowed && rest.length === 0 && (subject === '') === (command === 'list')
    if (!fits || !Object.keys(values).every((name) => named.includes(name))) throw new Misuse('')
    return { command, subject, values }
  } catch (error) {
    throw error instanceof Misuse ? error : new Misuse(`${(error as Error).message}.`)
  }
}
type Arguments = ReturnType<typeof readArguments>

const readId = (text: string): DeviceId => {
  const id = canonicalDeviceId(text)
  if (id === null)
    throw new Misuse(
      `${JSON.stringify(text)} is not a device id: use ${deviceIdForm.sigfox}, or ${deviceIdForm.nbiot}.`,
    )
  return id
}

/** `26h`, `90m`, `2d`, or ISO 8601 like `PT26H`. */
const readDuration = (text: string): number => {
  const short = /^(\d{1,6})([dhm])$/i.exec(text)
  const ms = short
    ? parseDuration(short[2]?.toLowerCase() === 'd' ? `P${short[1]}D` : `PT${text.toUpperCase()}`)
    : parseDuration(text)
  if (ms === null) throw new Misuse(`--silent-for is a time like 26h, 2d or PT26H, not ${JSON.stringify(text)}.`)
  return ms
}

const readFrom = (text: string | undefined): number | null => {
  const ms = text === undefined ? null : parseInstant(text)
  if (text !== undefined && ms === null)
    throw new Misuse(`--from is an ISO 8601 instant in UTC, not ${JSON.stringify(text)}.`)
  return ms
}

const eraseAll = async (operations: Operations, { deviceId, network: lane }: DeviceId) => {
  const { rejectsByTheirBytes, ...erased } = await operations.eraseDevice({ deviceId, lane })
  console.log(`All that was kept of device ${deviceId} is removed:`)
  console.log(aligned(Object.entries(erased).map(([what, rows]) => [`  ${what}`, String(rows)])))
  if (rejectsByTheirBytes > 0) console.log(`${rejectsByTheirBytes} of the rejects held its id in their bytes alone.`)
}

/** What the arguments ask for, all of them checked before anything is connected. */
const workOf = ({ command, subject, values }: Arguments): ((operations: Operations) => Promise<void>) => {
  const json = values.json ?? false
  const fromMs = readFrom(values.from)
  if (command === 'import') return (operations) => importFile(operations, subject, values['dry-run'] ?? false)
  if (command === 'list') {
    const silentFor = values['silent-for']
    if (values.unknown && silentFor !== undefined) throw new Misuse('--unknown or --silent-for: not both.')
    if (silentFor === undefined)
      return (operations) => (values.unknown ? printUnknown : printRegistry)(operations, json)
    const silentForMs = readDuration(silentFor)
    return (operations) => printSilent(operations, silentForMs, json)
  }
  const id = readId(subject)
  const { deviceId } = id
  if (command === 'show') return (operations) => printDevice(operations, deviceId)
  if (command === 'retire')
    return async (operations) => {
      await operations.retireDevice({ deviceId, atMs: fromMs ?? Date.now() })
      console.log(`Device ${deviceId} is retired.`)
    }
  if (command === 'erase') {
    if (!values.yes) throw new Misuse(`This removes all that is kept of device ${deviceId}, for ever: say --yes.`)
    return (operations) => eraseAll(operations, id)
  }
  const change = changeOf(id, values, fromMs)
  return async (operations) => {
    const { unchanged } = await operations.setDevice(change)
    console.log(
      unchanged > 0
        ? 'That is how it was.'
        : `Device ${deviceId} is set; npm run replay -- --device ${deviceId} decodes again what came before.`,
    )
  }
}

await runCommand(usage, async () => {
  const asked = readArguments()
  const work = workOf(asked)
  await withOperations({ databaseUrl: asked.values['database-url'], stack: asked.values.stack }, process.env, work)
})
