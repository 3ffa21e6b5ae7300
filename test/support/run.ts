import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder for what the files of a run make once and share. */
    runFolder: string
  }
}

/**
 * Before the first test of a run: the folder, and in it a cache of compiled code. Each command and each function is a
 * process of its own, which spends most of its start on compiling the same modules.
 */
export default (project: TestProject) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'))
  for (const name of ['assemblies', 'templates']) mkdirSync(join(folder, name))
  project.provide('runFolder', folder)
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled')
  return () => rmSync(folder, { recursive: true, force: true })
}
