import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import LongestFirst from '../test/support/sequencer.ts'

const root = join(import.meta.dirname, '..')

/** Pure: the arithmetic of bills, ledgers and reports, in seconds. Whole: the system under load, under faults, and lied to. */
const project = (name: string, include: string[], testTimeout: number) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, maxWorkers: 3 },
})

const parts = ['cost', 'dashboard', 'house', 'image-lint', 'ledger', 'load', 'prove']

export default defineConfig({
  root,
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    globalSetup: [join(root, 'test/support/run.ts')],
    sequence: { sequencer: LongestFirst },
    projects: [
      project(
        'parts',
        parts.map((part) => `lab/test/${part}/**/*.test.ts`),
        60_000,
      ),
      project('whole', ['lab/test/system/**/*.test.ts'], 180_000),
    ],
  },
})
