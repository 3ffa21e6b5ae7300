import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { options, readQuestion, type Values } from '../../cost/commands/question.ts'
import { render } from '../../cost/report/section.ts'

const refused: [string, Values, RegExp][] = [
  ['a negative fleet', { devices: '-5' }, /^--devices is "-5"/],
  ['no devices at all', { devices: '0' }, /^--devices must be/],
  ['half a device', { devices: '1.5' }, /^--devices is "1.5"; it must be a whole number/],
  ['an unknown region', { region: 'mars' }, /region "mars"/],
  ['a datagram that the gateway does not take', { bytes: '1201' }, /at most 1200 bytes/],
  ['more than all devices on Sigfox', { sigfox: '101' }, /percentage/],
  ['callbacks of a third kind', { callbacks: 'sometimes' }, /one-by-one or batched/],
  ['a bus that there is not', { bus: 'tram' }, /sqs or kinesis/],
]
for (const [what, values, message] of refused)
  test(`${what} is refused in one sentence`, () => {
    expect(() => readQuestion(values)).toThrow(message)
  })

const main = join(import.meta.dirname, '../../cost/main.ts')
const run = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })

test('bad input ends with exit code 2 and one line, and so does an unknown option or stage', () => {
  for (const words of [['--bogus'], ['stage', 'nope'], ['swarm', '--devices', '-5'], ['dance']]) {
    const { status, stderr, stdout } = run(...words)
    expect(status, words.join(' ')).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.trim().split('\n')).toHaveLength(1)
  }
})

test('the bill of a stage is that of its own region, unless another is named', () => {
  const bill = (...words: string[]) => run('stage', 'prod', ...words).stdout
  expect(bill()).toBe(bill('--region', 'eu-west-1'))
  expect(bill()).not.toBe(bill('--region', 'us-east-1'))
})

test('the usage names every option', () => {
  const { stdout, status } = run('--help')
  expect(status).toBe(0)
  for (const name of Object.keys(options).filter((each) => each !== 'help'))
    expect(stdout).toMatch(new RegExp(`--(no-)?${name}\\b`))
})

const section = { title: 'T', columns: ['what', '$'], rows: [['a, "b" | c', '1,234.50']], notes: ['n'] }

test('in JSON and CSV figures have no separators, and words are quoted as the format requires', () => {
  expect(render([section], 'csv')).toBe('table,what,$\nT,"a, ""b"" | c",1234.50')
  expect(JSON.parse(render([section], 'json'))).toEqual([
    { title: 'T', rows: [{ what: 'a, "b" | c', $: '1234.50' }], notes: ['n'] },
  ])
  expect(render([section], 'md')).toContain('| a, "b" \\| c | 1,234.50 |')
})
