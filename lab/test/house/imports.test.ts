import { expect, test } from 'vitest'
import { importsOf } from '../../house/imports.ts'

test('imports are values, types, re-exports and loads on demand; packages are left out', () => {
  const text = `import { readFileSync } from 'node:fs'
import pg from 'pg'
import { a } from './a.ts'
import type { B } from '../b.ts'
import {
  type C,
  d,
} from './folder/c.ts'
export { e } from './e.ts'
import './effect.ts'
const lazy = await import('../lazy.ts')
const again = await import('./a.ts')
`
  expect(importsOf('room/sub/file.ts', text)).toEqual([
    'room/sub/a.ts',
    'room/b.ts',
    'room/sub/folder/c.ts',
    'room/sub/e.ts',
    'room/sub/effect.ts',
    'room/lazy.ts',
  ])
})

test('a name of package.json stands for each of its files', () => {
  const aliases = new Map([['#bus', ['./adapters/kinesis/index.ts', './adapters/sqs/index.ts']]])
  expect(importsOf('lambdas/raw-worker.ts', "import { open } from '#bus'\n", aliases)).toEqual([
    'adapters/kinesis/index.ts',
    'adapters/sqs/index.ts',
  ])
})
