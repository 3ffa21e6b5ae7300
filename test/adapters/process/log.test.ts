import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { log } from '../../../adapters/process/log.ts'
import { anyText } from '../../core/sigfox/any-text.ts'

const mostCharacters = 300

let written = ''
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += chunk
    return true
  })
})
afterEach(() => void vi.restoreAllMocks())

const linesOf = (write: () => void): Record<string, unknown>[] => {
  written = ''
  write()
  expect(written.endsWith('\n')).toBe(true)
  return written
    .slice(0, -1)
    .split(/[\r\n]/)
    .map((line) => JSON.parse(line))
}

test('one event is one line of JSON, whatever its fields hold', () => {
  const value = fc.oneof(anyText(), fc.constantFrom('a\nb', '\r\n{"level":"error"}', '"}'), fc.double())
  fc.assert(
    fc.property(value, value, (reason, error) => {
      const lines = linesOf(() => log.warn('pack_corrupt', { reason, error, absent: undefined, none: null }))
      expect(lines).toMatchObject([{ level: 'warn', event: 'pack_corrupt' }])
    }),
  )
})

test('a text is cut at 300 characters, a shorter one is kept as it is', () => {
  fc.assert(
    fc.property(fc.nat(1_000), (length) => {
      const [line] = linesOf(() => log.info('ready', { text: 'x'.repeat(length) }))
      const kept = Math.min(length, mostCharacters)
      expect(line?.text).toBe(`${'x'.repeat(kept)}${length > mostCharacters ? '…' : ''}`)
    }),
  )
  expect(linesOf(() => log.error('any', { text: '\u0000'.repeat(1e6) }))).toHaveLength(1)
  expect(written.length).toBeLessThan(6 * mostCharacters + 200)
})

test('a line has its time, level and event', () => {
  const [line] = linesOf(() => log.error('secret_unreadable'))
  expect(line).toEqual({ level: 'error', event: 'secret_unreadable', at: expect.stringMatching(/^\d{4}-.*Z$/) })
})
