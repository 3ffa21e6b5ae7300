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

/** A batch whose use case said nothing of its last items, at least of one. */
const anyBatchCutShort = anyBatch
  .filter(({ outcomes }) => outcomes.length > 0)
  .chain(({ runs, outcomes }) =>
    fc.nat(outcomes.length - 1).map((answered) => ({ runs, outcomes: outcomes.slice(0, answered) })),
  )

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

  test('Kinesis: only the first of them is named, and nothing if there is none', () => {
    fc.assert(
      fc.property(anyBatch, ({ runs, outcomes, again }) => {
        expect(kinesis(runs, outcomes)).toEqual(again.slice(0, 1))
      }),
      { numRuns: 1_000 },
    )
  })

  test('items for which the use case answers nothing come again', () => {
    fc.assert(
      fc.property(anyBatchCutShort, ({ runs, outcomes }) => {
        const again = runs.filter(({ first, count, unreadable }) => {
          const known = outcomes.slice(first, first + count)
          return unreadable || known.length < count || known.some(({ status }) => status === 'retry')
        })
        const ids = again.map(({ id }) => id)
        expect(ids.length).toBeGreaterThan(0)
        expect(sqs(runs, outcomes)).toEqual(ids)
        expect(kinesis(runs, outcomes)).toEqual(ids.slice(0, 1))
      }),
      { numRuns: 1_000 },
    )
  })
})
