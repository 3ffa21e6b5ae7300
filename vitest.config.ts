import { defineConfig } from 'vitest/config'

/** Unit: pure, in seconds. Engines: real PostgreSQL and queues. Infra: the templates. System: the whole, as it runs. */
const project = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, ...more },
})

const onePostgres = { globalSetup: ['test/support/postgres.ts'], maxWorkers: 2 }

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      project('unit', ['test/core/**/*.test.ts', 'test/unit/**/*.test.ts'], 10_000),
      project('engines', ['test/contract/**/*.test.ts'], 60_000, onePostgres),
      project('infra', ['test/infra/**/*.test.ts'], 60_000),
      project('system', ['test/system/**/*.test.ts'], 180_000, { maxWorkers: 2 }),
    ],
  },
})
