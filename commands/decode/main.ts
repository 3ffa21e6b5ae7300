import { parseArgs } from 'node:util'
import { profiles } from '../../core/devices/index.ts'
import type { DecodeContext, Profile } from '../../core/devices/profile.ts'
import { aligned } from '../command-line/aligned.ts'
import { nearest } from '../command-line/nearest.ts'
import { profilesFor } from './guess.ts'
import { bytesOfHex, HexFault } from './hex.ts'
import { summaryOf, textOf } from './print.ts'

const names = [...profiles.keys()]

const usage = `Usage: npm run decode -- PROFILE HEX [--sample-period SECONDS]
       npm run decode -- HEX

The first prints a frame field by field; the second says which profiles decode it. The sample period is that of the
registry. Without it, a history without times leaves only its newest index.

Profiles: ${names.join(', ')}`

/** The command cannot do what was asked. The message is one sentence for the user. */
class Misuse extends Error {
  override name = 'Misuse'
}

const readArguments = () => {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { 'sample-period': { type: 'string' } },
    })
    return { words: positionals, period: values['sample-period'] }
  } catch (error) {
    throw new Misuse(`${(error as Error).message}.`)
  }
}

const readPeriod = (text: string | undefined): DecodeContext => {
  if (text === undefined) return { samplePeriodSeconds: null }
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    throw new Misuse(`--sample-period is a whole number of seconds above zero, not ${JSON.stringify(text)}.`)
  }
  return { samplePeriodSeconds: Number(text) }
}

/** The profile that the first word names; null where the word is the beginning of the hex. */
const readProfile = (word: string): Profile | null => {
  const named = profiles.get(word)
  if (named) return named
  const strange = word.replace(/[0-9a-f\s:]|^0x/gi, '').length
  if (!/[-@]/.test(word) && strange < word.length / 2) return null
  throw new Misuse(`No profile is named ${JSON.stringify(word)}; did you mean ${nearest(word, names)}?`)
}

const decode = (profile: Profile, frame: Uint8Array, context: DecodeContext): number => {
  console.log(textOf(profile, frame, context))
  return typeof profile.decode(frame, context) === 'string' ? 1 : 0
}

const guess = (frame: Uint8Array, context: DecodeContext): number => {
  const found = profilesFor(frame, context)
  const [only] = found
  if (only === undefined) {
    console.log(`No profile decodes these ${frame.length} bytes.`)
    return 1
  }
  if (found.length === 1) {
    console.log(`Only ${only.name} decodes these ${frame.length} bytes.\n`)
    return decode(only, frame, context)
  }
  const rows = found.map((profile) => {
    const decoded = profile.decode(frame, context)
    return [profile.name, ...(typeof decoded === 'string' ? [] : summaryOf(decoded))]
  })
  console.log(aligned([['profile', 'indexes', 'events'], ...rows]))
  console.log('\nThe frame does not say which it is: npm run decode -- PROFILE HEX prints it as one of them reads it.')
  return 0
}

const run = (): number => {
  const { words, period } = readArguments()
  const [first, ...rest] = words
  if (first === undefined) throw new Misuse(usage)
  const context = readPeriod(period)
  const profile = readProfile(first)
  if (profile === null) return guess(bytesOfHex(words.join('')), context)
  if (rest.length === 0) throw new Misuse(`Which frame should ${profile.name} decode? Its hex follows the profile.`)
  return decode(profile, bytesOfHex(rest.join('')), context)
}

try {
  process.exitCode = run()
} catch (error) {
  if (!(error instanceof Misuse || error instanceof HexFault)) throw error
  console.error(error.message)
  process.exitCode = 2
}
