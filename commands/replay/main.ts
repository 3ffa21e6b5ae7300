import { parseArgs } from 'node:util'
import type { Selection } from '../../adapters/postgres/replay/selection.ts'
import { profiles } from '../../core/devices/index.ts'
import { canonicalDeviceId, deviceIdForm } from '../../core/message/identity.ts'
import { parseInstant } from '../../core/message/instant.ts'
import { rejectReasons } from '../../core/message/rejects.ts'
import { Misuse, runCommand } from '../shared/command.ts'
import { nearest } from '../shared/nearest.ts'
import { targetOptions, targetUsage, withOperations } from '../shared/operate.ts'
import { runReplay } from './run.ts'

const usage = `Usage: npm run replay -- [--device ID] [--reason REASON] [--profile NAME] [--from INSTANT] [--to INSTANT] [--dry-run]

Decodes raw messages again, with the registry and the profiles of now, and makes readings, events and rejects what they
would be had the messages come for the first time. At least one restriction; several must all hold.
  --device, --reason, --profile  choose devices; a device is decoded again as a whole
  --from, --to                   choose messages by their event time (ISO 8601, UTC; --to is exclusive)
  --dry-run                      says what would change, and changes nothing
Interrupted, the same command goes on where it stopped.

${targetUsage}`

const read = <T>(name: string, text: string | undefined, parse: (text: string) => T | null, hint: string): T | null => {
  if (text === undefined) return null
  const value = parse(text)
  if (value === null) throw new Misuse(`--${name} is ${hint}, not ${JSON.stringify(text)}.`)
  return value
}

const wordOf =
  <T extends string>(words: readonly T[]) =>
  (text: string): T | null =>
    words.find((word) => word === text) ?? null

const anInstant = 'an ISO 8601 instant in UTC like 2026-01-31T08:00:00Z'

const readArguments = () => {
  const options = {
    ...targetOptions,
    device: { type: 'string' },
    reason: { type: 'string' },
    profile: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new Misuse(`${(error as Error).message}.`)
  }
}

const readSelection = (values: ReturnType<typeof readArguments>): Selection => {
  const { device, reason, profile, from, to } = values
  const profileNames = [...profiles.keys()]
  const didYouMean = (text: string | undefined, words: readonly string[]) =>
    `known; did you mean ${nearest(text ?? '', words)}?`
  const selection = {
    deviceId: read(
      'device',
      device,
      (text) => canonicalDeviceId(text)?.deviceId ?? null,
      `${deviceIdForm.sigfox} or ${deviceIdForm.nbiot}`,
    ),
    reason: read('reason', reason, wordOf(rejectReasons), `a reason that is ${didYouMean(reason, rejectReasons)}`),
    profile: read('profile', profile, wordOf(profileNames), `a profile that is ${didYouMean(profile, profileNames)}`),
    fromMs: read('from', from, parseInstant, anInstant),
    toMs: read('to', to, parseInstant, anInstant),
  }
  if (Object.values(selection).every((value) => value === null))
    throw new Misuse('Say what to replay: everything is --from 2015-01-01.')
  return selection
}

await runCommand(usage, async () => {
  const values = readArguments()
  const selection = readSelection(values)
  const target = { databaseUrl: values['database-url'], stack: values.stack }
  await withOperations(target, process.env, (operations) =>
    runReplay(operations, selection, values['dry-run'] ?? false),
  )
})
