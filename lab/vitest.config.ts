import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..')

/** Pure: the arithmetic of bills, ledgers and reports, in seconds. Whole: the system under load, under faults, and lied to. */
const project = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, ...more },
})

const parts = ['cost', 'dashboard', 'house', 'image-lint', 'ledger', 'load', 'prove']
// Three at a time on two cores: a good part of these tests waits for a timeout that is the promise.
const whole = { globalSetup: [join(root, 'test/support/assembly.ts')], maxWorkers: 3 }

export default defineConfig({
  root,
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      project(
        'parts',
        parts.map((part) => `lab/test/${part}/**/*.test.ts`),
        60_000,
        whole,
      ),
      project('whole', ['lab/test/system/**/*.test.ts'], 180_000, whole),
    ],
  },
})
