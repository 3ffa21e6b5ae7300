import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mutants } from '../../prove/mutants/mutants.ts'
import { mutate } from '../../prove/mutants/mutate.ts'
import { knownIds } from '../../prove/run/run.ts'

const root = join(import.meta.dirname, '../../..')

describe('every mutant can be made of the code as it is now', () => {
  test.each(mutants)('$proof: $name', (mutant) => {
    for (const { file } of mutant.edits) expect(existsSync(join(root, file)), file).toBe(true)
    const mutated = mutate(root, mutant)
    expect(mutated, 'a file that does not hold the text of its edit exactly once').toBeInstanceOf(Map)
    expect(knownIds).toContain(mutant.proof)
  })
})

test('a mutant whose text is not in its file, or there twice, is stale', () => {
  const edit = (from: string) => ({
    name: 'stale',
    proof: 'P1',
    edits: [{ file: 'core/ingest/accept.ts', from, to: '' }],
  })
  expect(mutate(root, edit('no such text'))).toBe('core/ingest/accept.ts')
  expect(mutate(root, edit('raw'))).toBe('core/ingest/accept.ts')
})
