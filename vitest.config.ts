import { defineConfig } from 'vitest/config'

/** Unit: pure, no process, no port, in seconds. Engines: real PostgreSQL and the queue emulator. System: the whole. */
const project = (name: string, include: string[], testTimeout: number, fileParallelism = true) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, fileParallelism },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/core/**/*.test.ts', 'test/unit/**/*.test.ts'], 10_000),
      project('engines', ['test/contract/**/*.test.ts'], 60_000, false),
      project('infra', ['test/infra/**/*.test.ts'], 60_000, false),
      project('system', ['test/system/**/*.test.ts'], 180_000, false),
    ],
  },
})
