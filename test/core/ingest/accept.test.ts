import { describe, expect, test } from 'vitest'
import { openRawTopic } from '../../../adapters/sqs/index.ts'
import { accept } from '../../../core/ingest/accept.ts'
import { done, retry } from '../../../core/message/outcome.ts'
import type { RejectRecord } from '../../../core/message/rejects.ts'
import type { Stream } from '../../../core/message/stream.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { memoryStream } from '../../support/memory-stream.ts'
import { sigfoxUplink } from '../../support/traffic.ts'

const uplinks = [1, 2, 3].map((device) => sigfoxUplink(device, 1_735_689_600, device))
const [one, two, three] = uplinks as [(typeof uplinks)[0], (typeof uplinks)[0], (typeof uplinks)[0]]
const large = Buffer.alloc(30_000)
const rejected: RejectRecord = {
  kind: 'reject',
  lane: 'sigfox',
  step: 'door',
  reason: 'hex_invalid',
  bytes: new Uint8Array(),
  atMs: 1,
  deviceId: null,
}

describe('no sender is told before the bus has it (P2)', () => {
  test('no outcome is there until the stream has answered', async () => {
    let confirm = () => {}
    const confirmed = new Promise<void>((resolve) => (confirm = resolve))
    const publish: Stream<RawItem>['publish'] = async (batch, settle) => {
      await confirmed
      return batch.map((item) => settle(item, done))
    }
    let answered = false
    const outcomes = accept({ raw: { publish } })([one, rejected]).finally(() => (answered = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(answered).toBe(false)
    confirm()
    expect(await outcomes).toEqual([done, { status: 'reject', reason: 'hex_invalid' }])
  })

  test('a stream that throws leaves no outcome', async () => {
    const publish = () => Promise.reject(new Error('no bus'))
    await expect(accept({ raw: { publish } })([one])).rejects.toThrow('no bus')
  })
})

test('each item has the outcome of its own place, and an item without an answer is a retry', async () => {
  // each fills a pack of its own; the bus takes the first, refuses the second and does not mention the third
  const call = async () => ({ Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: 'Throttled' }] })
  const raw = openRawTopic('https://sqs/raw', { call, maxTries: 1 })
  const outcomes = await accept({ raw })([one, two, three].map((uplink) => ({ ...uplink, payload: large })))
  expect(outcomes).toEqual([done, retry('sqs Throttled'), retry('sqs not mentioned in the answer of the bus')])
})

test('a reject record is published like an uplink, and handled only when the bus has it', async () => {
  const raw = memoryStream<RawItem>((item) => item === rejected)
  expect(await accept({ raw })([one, rejected])).toMatchObject([{ status: 'done' }, { status: 'retry' }])
  const taking = memoryStream<RawItem>()
  await accept({ raw: taking })([one, rejected])
  expect(taking.items).toEqual([one, rejected])
})
