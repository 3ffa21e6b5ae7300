import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failedMessages } from '../../local/bus/batch-response.ts'

const batch = ['a', 'b', 'c']
const after = (payload: unknown, reports = true) => [...failedMessages({ ok: true, payload }, batch, reports)]
const failures = (...ids: unknown[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

test.each([
  ['no answer', null],
  ['an answer without a list', {}],
  ['a list that is null', { batchItemFailures: null }],
  ['an empty list', { batchItemFailures: [] }],
])('%s means that all succeeded', (_, payload) => {
  expect(after(payload)).toEqual([])
})

test('only the named messages are delivered again', () => {
  expect(after(failures('b'))).toEqual(['b'])
  expect(after(failures('c', 'a', 'a'))).toEqual(['c', 'a'])
})

test.each([
  ['an empty id', failures('a', '')],
  ['a null id', failures(null)],
  ['an id that is not in the batch', failures('a', 'z')],
  ['a wrong key', { batchItemFailures: [{ id: 'a' }] }],
  ['an entry that is a string', { batchItemFailures: ['a'] }],
  ['a list that is a string', { batchItemFailures: 'a' }],
])('%s brings the whole batch back', (_, payload) => {
  expect(after(payload)).toEqual(batch)
})

test('a failed invocation brings the whole batch back', () => {
  const failed = { ok: false, error: { type: 'Error', message: '' } } as const
  expect([...failedMessages(failed, batch, true)]).toEqual(batch)
  expect([...failedMessages(failed, batch, false)]).toEqual(batch)
})

test('without ReportBatchItemFailures the list is ignored', () => {
  expect(after(failures('a', 'z'), false)).toEqual([])
})

test('whatever a function answers, only messages of the batch can fail', () => {
  fc.assert(
    fc.property(fc.anything(), fc.array(fc.constantFrom(...batch, 'z', '')), (payload, ids) => {
      for (const answer of [payload, failures(...ids)]) expect(batch).toEqual(expect.arrayContaining(after(answer)))
    }),
  )
})
