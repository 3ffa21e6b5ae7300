import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Result } from '../world/proof.ts'

/** A promise that has its own tests, on parts of the system. They run here too, larger where they can be. */
export interface Suite {
  readonly id: string
  readonly promise: string
  readonly project: 'unit' | 'engines' | 'infra'
  readonly files: readonly string[]
  /** Runs only tests whose titles contain this. */
  readonly title?: string
  readonly environment?: Readonly<Record<string, string>>
}

export const suites: readonly Suite[] = [
  {
    id: 'P9',
    promise: 'The result does not depend on arrival order',
    project: 'engines',
    files: ['test/engines/store/store-order.test.ts', 'test/engines/store/closed-days.test.ts'],
    environment: { RUNS: '1000' },
  },
  {
    id: 'P10',
    promise: 'Identity survives sequence wrap, device reset, seconds and milliseconds',
    project: 'unit',
    files: ['test/core/message/identity.test.ts', 'test/core/sigfox'],
  },
  {
    id: 'P11',
    promise: 'The partial-batch response is always valid',
    project: 'unit',
    files: ['test/adapters/bus'],
  },
  {
    id: 'P16',
    promise: 'Hostile datagrams cannot crash the gateway, grow it, or make it answer',
    project: 'engines',
    files: ['test/engines/doors/udp-gateway.test.ts', 'test/engines/doors/udp-gateway-process.test.ts'],
    title: 'P16',
  },
  {
    id: 'P25',
    promise: 'No deadlocks',
    project: 'engines',
    files: ['test/engines/store/store-faults.test.ts'],
    title: 'P25',
  },
  {
    id: 'P35',
    promise: 'The emulators behave as we assume, and where they differ from AWS it is written down',
    project: 'engines',
    files: [
      'test/engines/local/emulators.test.ts',
      'test/engines/bus/bus.test.ts',
      'test/engines/local/stream-reader.test.ts',
    ],
  },
]

const root = join(import.meta.dirname, '../../..')

/** Runs the tests of a suite. The names of failed tests are its faults. */
export const runSuite = async ({ project, files, title, environment }: Suite, size: 'ci' | 'full'): Promise<Result> => {
  const filter = title ? ['-t', title] : []
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...files, ...filter]
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...(size === 'full' ? environment : {}) }
  const outcome = await promisify(execFile)(process.execPath, args, { cwd: root, env, maxBuffer: 2 ** 26 }).then(
    ({ stdout, stderr }) => ({ said: stdout + stderr, failed: false }),
    ({ stdout = '', stderr = '' }: { stdout?: string; stderr?: string }) => ({ said: stdout + stderr, failed: true }),
  )
  const closing = /(\d+) passed, (\d+) failed/.exec(outcome.said)
  const failures = new Set([...outcome.said.matchAll(/FAIL\s+(.*)/g)].map(([, name]) => String(name).trim()))
  const ran = Number(closing?.[1] ?? 0) + Number(closing?.[2] ?? 0)
  const faults = outcome.failed || ran === 0 ? [[...failures].slice(0, 3).join('; ') || 'the tests did not run'] : []
  return {
    figures: { tests: ran, ...(size === 'full' && environment ? { runs: environment.RUNS ?? '' } : {}) },
    faults,
  }
}
