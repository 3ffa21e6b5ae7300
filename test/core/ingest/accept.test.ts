import { describe, expect, test } from 'vitest'
import { accept } from '../../../core/ingest/accept.ts'
import { done, type Outcome, retry } from '../../../core/message/outcome.ts'
import type { RejectRecord } from '../../../core/message/rejects.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

const uplinks = [1, 2, 3].map((device) => sigfoxUplink(device, 1_735_689_600, device))
const [one, two, three] = uplinks as [(typeof uplinks)[0], (typeof uplinks)[0], (typeof uplinks)[0]]
const rejected: RejectRecord = {
  kind: 'reject',
  lane: 'sigfox',
  stage: 'door',
  reason: 'hex_invalid',
  bytes: new Uint8Array(),
  atMs: 1,
  deviceId: null,
}

describe('nobody is told before the bus has it (P2)', () => {
  test('no outcome is there until the stream has answered', async () => {
    let confirm = (_outcomes: Outcome[]) => {}
    const publish = () => new Promise<Outcome[]>((resolve) => (confirm = resolve))
    let answered = false
    const outcomes = accept({ raw: { publish } })([one, rejected]).finally(() => (answered = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(answered).toBe(false)
    confirm([done, done])
    expect(await outcomes).toEqual([done, { status: 'reject', reason: 'hex_invalid' }])
  })

  test('a stream that throws leaves no outcome behind', async () => {
    const publish = () => Promise.reject(new Error('no bus'))
    await expect(accept({ raw: { publish } })([one])).rejects.toThrow('no bus')
  })
})

test('each item has the outcome of its own place, and one without an answer is a retry', async () => {
  const publish = async () => [done, retry('throttled')]
  const outcomes = await accept({ raw: { publish } })([one, two, three])
  expect(outcomes.map(({ status }) => status)).toEqual(['done', 'retry', 'retry'])
})

test('a reject record is published like an uplink, and handled only when the bus has it', async () => {
  const raw = memoryStream((item) => item === rejected)
  expect(await accept({ raw })([one, rejected])).toMatchObject([{ status: 'done' }, { status: 'retry' }])
  const taking = memoryStream()
  await accept({ raw: taking })([one, rejected])
  expect(taking.items).toEqual([one, rejected])
})
