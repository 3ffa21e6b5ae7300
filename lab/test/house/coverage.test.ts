import { expect, test } from 'vitest'
import { declarationAt, enteredFiles, productFrames } from '../../house/walk/coverage.ts'

const root = 'file:///project/lab/'

const script = (url: string, ...functions: [functionName: string, count: number][]) => ({
  scriptId: '1',
  url,
  functions: functions.map(([functionName, count]) => ({
    functionName,
    ranges: [{ startOffset: 0, endOffset: 1, count }],
    isBlockCoverage: false,
  })),
})

test('a file is entered when a named function of it was called', () => {
  const result = [
    script(`${root}core/sigfox/body.ts`, ['readFields', 1], ['readForm', 0], ['', 3]),
    script(`${root}core/ingest/accept.ts`, ['', 1]),
    script(`${root}adapters/sqs/send.ts`, ['sendOnce', 0]),
    script(`${root}adapters/pack/bytes.ts`, ['byte', 7], ['varint', 1]),
  ]
  expect(enteredFiles(result, root)).toEqual([
    { path: 'adapters/pack/bytes.ts', functions: ['byte', 'varint'] },
    { path: 'core/sigfox/body.ts', functions: ['readFields'] },
  ])
})

test("packages, Node's own modules, the lab and other folders are no part of the walk", () => {
  const result = [
    script(`${root}node_modules/pg/lib/client.js`, ['query', 1]),
    script('node:internal/timers', ['listOnTimeout', 1]),
    script(`${root}lab/house/walk/process.ts`, ['answerCall', 1]),
    script('file:///project/other/core/a.ts', ['a', 1]),
  ]
  expect(enteredFiles(result, root)).toEqual([])
})

const stack = `Error: SendMessageBatch
    at answerCall (${root}lab/house/walk/process.ts:31:15)
    at sendOnce (${root}adapters/sqs/send.ts:14:25)
    at new Promise (<anonymous>)
    at ${root}adapters/sqs/send.ts:30:22
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Promise.all (index 0)
    at async Object.publish (${root}adapters/bus/stream.ts:25:22)`

test('frames of a stack are those of the product, the innermost first', () => {
  expect(productFrames(stack, root)).toEqual([
    { path: 'adapters/sqs/send.ts', line: 14 },
    { path: 'adapters/sqs/send.ts', line: 30 },
    { path: 'adapters/bus/stream.ts', line: 25 },
  ])
})

test('a line belongs to the declaration at the top of the file, however deep it is', () => {
  const text = `import { a } from './a.ts'

const sendOnce = async () => {
  const inner = () => a()
  return inner()
}

export const sendBodies = (bodies: string[]) =>
  send(
    bodies,
    () => sendOnce(),
  )
`
  expect([4, 5, 8, 11].map((line) => declarationAt(text, line))).toEqual([
    'sendOnce',
    'sendOnce',
    'sendBodies',
    'sendBodies',
  ])
  expect(declarationAt(text, 1)).toBe('')
})
