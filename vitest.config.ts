import { defineConfig } from 'vitest/config'
import LongestFirst from './test/support/sequencer.ts'

/** Unit: pure, in seconds. Engines: real PostgreSQL and queues. Infra: the templates. System: the whole, as it runs. */
const project = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, maxWorkers: 3, ...more },
})

const pure = ['core', 'adapters', 'door', 'udp-gateway', 'local', 'commands', 'house']
// Three at a time on two cores: a good part of these tests waits for a timeout that is the promise.
const engines = { globalSetup: ['test/support/postgres.ts'] }

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    globalSetup: ['./test/support/run.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      project(
        'unit',
        pure.map((room) => `test/${room}/**/*.test.ts`),
        30_000,
        { isolate: false },
      ),
      project('engines', ['test/engines/**/*.test.ts'], 60_000, engines),
      project('infra', ['test/infra/**/*.test.ts'], 60_000, { isolate: false }),
      project('system', ['test/system/**/*.test.ts'], 180_000),
    ],
  },
})
