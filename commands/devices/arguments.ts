import { canonicalDeviceId, type DeviceId, deviceIdForm } from '../../core/message/identity.ts'
import { instantForm, parseDuration, parseInstant } from '../../core/message/instant.ts'
import { Misuse, readCommandLine } from '../command-line/command.ts'
import { targetOptions, targetUsage } from '../command-line/target.ts'
import { setOptions } from './change.ts'

export const usage = `Usage: npm run devices -- import FILE.csv [--dry-run]
       npm run devices -- list [--unknown | --silent-for 26h] [--json]
       npm run devices -- show ID
       npm run devices -- set ID [--profile NAME] [--weight ML|ML/PULSES] [--period SECONDS] [--time-zone ZONE]
                                 [--meter NAME] [--from INSTANT]
       npm run devices -- retire ID [--from INSTANT]
       npm run devices -- erase ID --yes

set corrects the registration in force. With --from a new one begins at that instant and takes over what is not named.
list --unknown names devices that send and are not registered; --silent-for names registered ones that do not send.

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

/** The command, its file or device id (empty for `list`), and the options, of which each belongs to the command. */
export const readArguments = () => {
  const { positionals, values } = readCommandLine({ allowPositionals: true, options })
  const [command = '', subject = '', ...rest] = positionals
  const named = [...(allowed[command] ?? []), ...Object.keys(targetOptions)]
  const fits = command in allowed && rest.length === 0 && (subject === '') === (command === 'list')
  if (!fits || !Object.keys(values).every((name) => named.includes(name))) throw new Misuse('')
  return { command, subject, values }
}

export const readId = (text: string): DeviceId => {
  const id = canonicalDeviceId(text)
  if (id !== null) return id
  throw new Misuse(`A device id must be ${deviceIdForm.sigfox} or ${deviceIdForm.nbiot}, not ${JSON.stringify(text)}.`)
}

/** Milliseconds of `26h`, `90m` or `2d`, or of an ISO 8601 duration like `PT26H`. */
export const readSilentFor = (text: string): number => {
  const short = /^(\d{1,6})([dhm])$/i.exec(text)
  const ms = short
    ? parseDuration(short[2]?.toLowerCase() === 'd' ? `P${short[1]}D` : `PT${text.toUpperCase()}`)
    : parseDuration(text)
  if (ms === null) throw new Misuse(`--silent-for must be a time like 26h, 2d or PT26H, not ${JSON.stringify(text)}.`)
  return ms
}

export const readFrom = (text: string | undefined): number | null => {
  const ms = text === undefined ? null : parseInstant(text)
  if (text !== undefined && ms === null) throw new Misuse(`--from must be ${instantForm}, not ${JSON.stringify(text)}.`)
  return ms
}
