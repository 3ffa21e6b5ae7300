import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PackRun, partialResponse } from '../../../adapters/sqs/event.ts'
import { done, type Outcome, reject, retry } from '../../../core/outcome.ts'

const anyOutcome = fc.constantFrom<Outcome>(done, reject('short_frame'), retry('not now'))
const anyPack = fc.record({ outcomes: fc.array(anyOutcome, { maxLength: 5 }), unreadable: fc.boolean() })

/** Any batch: its packs in a row, with ids of their own. */
const anyBatch = fc.array(anyPack, { maxLength: 20 }).map((packs) => {
  const outcomes: Outcome[] = []
  const runs = packs.map(({ outcomes: own, unreadable }, n): PackRun => {
    const first = outcomes.length
    if (!unreadable) outcomes.push(...own)
    return { messageId: `record-${n}`, first, count: unreadable ? 0 : own.length, unreadable }
  })
  return { packs, runs, outcomes }
})

const idsIn = (response: ReturnType<typeof partialResponse>) =>
  response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)

test('exactly the packs that hold a retry or could not be read come again (P11)', () => {
  fc.assert(
    fc.property(anyBatch, ({ packs, runs, outcomes }) => {
      const again = packs.flatMap(({ outcomes: own, unreadable }, n) =>
        unreadable || own.some(({ status }) => status === 'retry') ? [`record-${n}`] : [],
      )
      expect(idsIn(partialResponse(runs, outcomes))).toEqual(again)
    }),
    { numRuns: 1_000 },
  )
})

test('what the use case says nothing of comes again', () => {
  fc.assert(
    fc.property(anyBatch, fc.nat(100), ({ runs, outcomes }, cut) => {
      const known = outcomes.slice(0, cut)
      const unanswered = runs
        .filter(({ first, count }) => count > 0 && first + count > known.length)
        .map(({ messageId }) => messageId)
      expect(idsIn(partialResponse(runs, known))).toEqual(expect.arrayContaining(unanswered))
    }),
  )
})

test('each id stands there once, also of a record that was delivered twice in one batch', () => {
  fc.assert(
    fc.property(anyBatch, ({ runs, outcomes }) => {
      const ids = idsIn(partialResponse([...runs, ...runs], outcomes))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toEqual(idsIn(partialResponse(runs, outcomes)))
    }),
  )
})
