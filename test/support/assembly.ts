import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import type { Stage } from '../../lib/stage/stage.ts'
import { synthesise } from '../../local/template/synthesise.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the synthesised apps of this run are. */
    assemblies: string
  }
}

const longestWaitMs = 90_000

/**
 * The app on a bus and behind a Sigfox door, synthesised by the first test file that asks for it: a synthesis is ten
 * seconds of CPU, and most of what starts the whole system wants the same.
 * @returns its folder, to be read only
 */
export const assemblyOf = async (bus: Stage['bus'] = 'sqs', sigfoxDoor: Stage['sigfoxDoor'] = 'lambda') => {
  const folder = join(inject('assemblies'), `${bus}-${sigfoxDoor}`)
  const ready = `${folder}.ready`
  try {
    mkdirSync(`${folder}.claimed`)
  } catch {
    const deadline = Date.now() + longestWaitMs
    while (!existsSync(ready)) {
      if (Date.now() > deadline) throw new Error(`Nobody synthesised ${folder} in ${longestWaitMs / 1000} s`)
      await pause(100)
    }
    return folder
  }
  await synthesise({ name: 'dev', bus, sigfoxDoor }, folder, new AbortController().signal)
  writeFileSync(ready, '')
  return folder
}

/** Before the tests of a project: a place for what they synthesise. */
export default (project: TestProject) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-assemblies-'))
  project.provide('assemblies', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
