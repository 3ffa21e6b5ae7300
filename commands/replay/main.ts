import type { Selection } from '../../adapters/postgres/replay/selection.ts'
import { profiles } from '../../core/devices/index.ts'
import { canonicalDeviceId, deviceIdForm } from '../../core/message/identity.ts'
import { instantForm, parseInstant } from '../../core/message/instant.ts'
import { rejectReasons } from '../../core/message/rejects.ts'
import { knownWord, Misuse, readCommandLine, runCommand } from '../command-line/command.ts'
import { targetOptions, targetUsage, withOperations } from '../command-line/target.ts'
import { runReplay } from './run.ts'

const usage = `Usage: npm run replay -- [--device ID] [--reason REASON] [--profile NAME] [--from INSTANT] [--to INSTANT] [--dry-run]

Decodes raw messages again with the current registry and profiles. Afterwards readings, events and rejects are as if the
messages had just arrived. Give at least one restriction; several must all hold.
  --device, --reason, --profile  choose devices; all messages of a device are decoded again
  --from, --to                   choose messages by their event time (ISO 8601, UTC; --to is exclusive)
  --dry-run                      prints what would change, and changes nothing
If a replay was interrupted, run the same command again: it continues.

${targetUsage}`

const options = {
  ...targetOptions,
  device: { type: 'string' },
  reason: { type: 'string' },
  profile: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const

/** The value of an option that may be missing. @throws Misuse if `parse` gives none */
const read = <T>(name: string, text: string | undefined, parse: (text: string) => T | null, hint: string): T | null => {
  if (text === undefined) return null
  const value = parse(text)
  if (value === null) throw new Misuse(`--${name} must be ${hint}, not ${JSON.stringify(text)}.`)
  return value
}

const aDevice = `${deviceIdForm.sigfox} or ${deviceIdForm.nbiot}`

const readSelection = (
  values: ReturnType<typeof readCommandLine<{ options: typeof options }>>['values'],
): Selection => {
  const { device, reason, profile, from, to } = values
  const selection = {
    deviceId: read('device', device, (text) => canonicalDeviceId(text)?.deviceId ?? null, aDevice),
    reason: reason === undefined ? null : knownWord('reason', reason, rejectReasons),
    profile: profile === undefined ? null : knownWord('profile', profile, [...profiles.keys()]),
    fromMs: read('from', from, parseInstant, instantForm),
    toMs: read('to', to, parseInstant, instantForm),
  }
  if (Object.values(selection).every((value) => value === null))
    throw new Misuse('What should be replayed? Use --from 2015-01-01 for everything.')
  return selection
}

await runCommand(usage, async () => {
  const { values } = readCommandLine({ options })
  const selection = readSelection(values)
  await withOperations(values, process.env, (operations) =>
    runReplay(operations, selection, values['dry-run'] ?? false),
  )
})
