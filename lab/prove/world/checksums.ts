import { createHash } from 'node:crypto'
import { contents } from '../../../test/support/pipeline.ts'
import type { World } from './world.ts'

/**
 * A checksum of all that messages leave, by kind, over its rows in the order of their text. Of states, readings and events
 * it is what stands, in whichever form the messages are kept.
 */
export const checksums = async ({ pool }: World): Promise<Record<string, string>> => {
  const sums: Record<string, string> = {}
  for (const [kind, rows] of Object.entries(await contents(pool))) {
    const hash = createHash('md5')
    for (const row of rows) hash.update(row).update('\n')
    sums[kind] = `${rows.length} rows, ${hash.digest('hex')}`
  }
  return sums
}

/** Sentences for the kinds of rows that differ. */
export const differences = (
  expected: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
  when: string,
): string[] =>
  Object.keys(expected)
    .filter((kind) => expected[kind] !== actual[kind])
    .map((kind) => `${when}: rows of ${kind} are not as before: ${actual[kind]}, not ${expected[kind]}`)
