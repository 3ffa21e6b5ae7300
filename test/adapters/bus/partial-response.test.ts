import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comeAgain, type PackRun } from '../../../adapters/bus/receive.ts'
import { partialResponse as fromKinesis } from '../../../adapters/kinesis/index.ts'
import { partialResponse as fromSqs } from '../../../adapters/sqs/index.ts'
import { done, type Outcome, reject, retry } from '../../../core/message/outcome.ts'

const anyOutcome = fc.constantFrom<Outcome>(done, reject('short_frame'), retry('not now'))
const anyPack = fc.record({ outcomes: fc.array(anyOutcome, { maxLength: 5 }), unreadable: fc.boolean() })

/** Any batch: its packs in a row, with ids of their own, and which of them must come again. */
const anyBatch = fc.array(anyPack, { maxLength: 20 }).map((packs) => {
  const outcomes: Outcome[] = []
  const runs = packs.map(({ outcomes: own, unreadable }, n): PackRun => {
    const first = outcomes.length
    if (!unreadable) outcomes.push(...own)
    return { id: `record-${n}`, first, count: unreadable ? 0 : own.length, unreadable }
  })
  const again = packs.flatMap(({ outcomes: own, unreadable }, n) =>
    unreadable || own.some(({ status }) => status === 'retry') ? [`record-${n}`] : [],
  )
  return { runs, outcomes, again }
})

const sqs = (...batch: Parameters<typeof comeAgain>) =>
  fromSqs(comeAgain(...batch)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
const kinesis = (...batch: Parameters<typeof comeAgain>) =>
  fromKinesis(comeAgain(...batch)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)

describe('the partial response is always valid (P11)', () => {
  test('SQS: exactly the packs that hold a retry or could not be read come again', () => {
    fc.assert(
      fc.property(anyBatch, ({ runs, outcomes, again }) => {
        expect(sqs(runs, outcomes)).toEqual(again)
      }),
      { numRuns: 1_000 },
    )
  })

  test('SQS: each id stands there once, also of a record that was delivered twice in one batch', () => {
    fc.assert(
      fc.property(anyBatch, ({ runs, outcomes, again }) => {
        expect(sqs([...runs, ...runs], outcomes)).toEqual(again)
      }),
    )
  })

  test('Kinesis: only the first of them is named, and nothing where there is none', () => {
    fc.assert(
      fc.property(anyBatch, ({ runs, outcomes, again }) => {
        expect(kinesis(runs, outcomes)).toEqual(again.slice(0, 1))
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
          .map(({ id }) => id)
        expect(sqs(runs, known)).toEqual(expect.arrayContaining(unanswered))
        const [start] = kinesis(runs, known)
        const goesOnAt = runs.findIndex(({ id }) => id === start)
        for (const id of unanswered) expect(runs.findIndex((run) => run.id === id)).toBeGreaterThanOrEqual(goesOnAt)
        if (unanswered.length > 0) expect(start).toBeDefined()
      }),
    )
  })
})
