import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inject } from 'vitest'
import type { Stage } from '../../lib/stage/stage.ts'
import { synthesise } from '../../local/template/synthesise.ts'

const longestWaitMs = 90_000

/**
 * The app on a bus and behind a Sigfox door. The first file of a run that asks for it synthesises it, which takes seconds
 * of CPU; the others wait for it.
 * @returns its folder, to be read only
 */
export const assemblyOf = async (bus: Stage['bus'] = 'sqs', sigfoxDoor: Stage['sigfoxDoor'] = 'lambda') => {
  const folder = join(inject('runFolder'), 'assemblies', `${bus}-${sigfoxDoor}`)
  const ready = `${folder}.ready`
  try {
    mkdirSync(`${folder}.claimed`)
  } catch {
    const deadline = Date.now() + longestWaitMs
    while (!existsSync(ready)) {
      if (Date.now() > deadline) throw new Error(`${folder} was not synthesised within ${longestWaitMs / 1000} s`)
      await pause(100)
    }
    return folder
  }
  await synthesise({ name: 'dev', bus, sigfoxDoor }, folder, new AbortController().signal)
  writeFileSync(ready, '')
  return folder
}
