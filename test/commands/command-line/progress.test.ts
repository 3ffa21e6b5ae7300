import { expect, test } from 'vitest'
import { progressBar } from '../../../commands/command-line/progress.ts'

const terminal = () => {
  const lines: string[] = []
  const stream = { isTTY: true, write: (text: string) => lines.push(text) } as unknown as NodeJS.WriteStream
  return { lines, stream }
}

test('the time left is estimated from the work since the bar began, not from earlier work', () => {
  const { lines, stream } = terminal()
  let nowMs = 0
  const bar = progressBar(stream, () => nowMs)
  for (const [share, ms] of [
    [0.5, 0],
    [0.51, 1_000],
    [0.6, 10_000],
  ] as const) {
    nowMs = ms
    bar.show(share, 'devices')
  }
  expect(lines.map((line) => /\d+ % .*/.exec(line)?.[0])).toEqual([
    '50 %  devices',
    '51 %  devices',
    '60 %  devices, 40 s left',
  ])
})

test('nothing is written if the stream is not a terminal', () => {
  const { lines, stream } = terminal()
  const bar = progressBar({ ...stream, isTTY: false } as unknown as NodeJS.WriteStream)
  bar.show(0.5, 'devices')
  bar.end()
  expect(lines).toEqual([])
})
