import { expect, test } from 'vitest'
import { timedId } from '../../../core/message/identity.ts'
import type { StoredMessage } from '../../../core/message/message.ts'
import { mergeAll } from '../../../core/readings/merge.ts'
import { differenceOf, isEmpty } from '../../../core/replay/difference.ts'
import type { Kept, KeptDevice } from '../../../core/replay/kept.ts'
import { readingsOf } from '../../../core/told/decide.ts'
import { decodeMessage } from '../../../core/told/decode-message.ts'
import { unpackTold } from '../../../core/told/pack.ts'
import type { ToldRow } from '../../../core/told/told.ts'
import { decoder } from '../../support/pipeline.ts'

const dayMs = 86_400_000
const closedBeforeMs = Date.UTC(2026, 10, 3)
const deviceId = 'C00001'

/** A message of so many days before the closed days end (or after, where negative) that tells this index of two channels. */
const message = (daysBefore: number, index: number, n: number): StoredMessage => {
  const atMs = closedBeforeMs - daysBefore * dayMs + 5 * 3_600_000
  const payload = Buffer.alloc(10)
  payload[0] = 0x46
  payload.writeUInt32BE(index, 2)
  payload.writeUInt32BE(index, 6)
  return {
    id: timedId(atMs, String(n).repeat(32)),
    kind: 'sigfox-data',
    deviceId,
    seqNumber: n,
    receivedAtMs: atMs + 1_000,
    payload,
    profile: null,
    samplePeriodSeconds: null,
  }
}

const bytesOf = (one: StoredMessage) => decodeMessage(decoder, one).told ?? new Uint8Array()
const rowOf = (one: StoredMessage): ToldRow => ({
  messageId: one.id,
  deviceId,
  receivedAtMs: one.receivedAtMs,
  told: unpackTold(bytesOf(one)),
})
const mergedOf = (messages: readonly StoredMessage[]) => mergeAll(readingsOf(messages.map(rowOf), []))

const nothing = { open: [], late: [], decided: [], ofBefore: [], periods: [] }
const whole = { fromMs: null, toMs: null, profile: null }

/** What a replay would change of a device whose `messages` are all decoded. */
const changes = (messages: readonly StoredMessage[], more: Partial<KeptDevice>, horizonMs = 0) => {
  const device: KeptDevice = {
    deviceId,
    messages,
    states: new Map(messages.map(({ id }) => [id, 'decoded'] as const)),
    rows: new Map(),
    indexes: nothing,
    events: [],
    openRejects: [],
    ...more,
  }
  const kept: Kept = { devices: [device], horizonMs, closedBeforeMs }
  return differenceOf(decoder, kept, whole)
}

const rowsOf = (messages: readonly StoredMessage[]) =>
  new Map(messages.map((one) => [one.id, { told: bytesOf(one), receivedAtMs: one.receivedAtMs }]))

test('readings and conflicts that workers of before left stay as they are', () => {
  const messages = [message(1, 10, 1), message(1, 20, 2), message(-1, 30, 3)]
  const { readings, conflicts } = mergedOf(messages)
  expect(conflicts).toHaveLength(2)
  const indexes = { ...nothing, ofBefore: readings }
  expect(isEmpty(changes(messages, { indexes, events: conflicts }))).toBe(true)
})

test('late rows stay rows, whether their messages stand in days already or not', () => {
  const [early, late] = [message(1, 10, 1), message(1, 20, 2)]
  const days = mergedOf([early])
  for (const rows of [[late], [early, late], [early]]) {
    const indexes = { ...nothing, late: rows.map(rowOf), decided: days.readings }
    const messages = rows.includes(late) ? [early, late] : [early]
    expect(isEmpty(changes(messages, { rows: rowsOf(rows), indexes }))).toBe(true)
  }
})

test('a late row goes on to tell when its raw message is removed', () => {
  const [removed, kept] = [message(3, 10, 1), message(1, 20, 2)]
  const indexes = { ...nothing, late: [rowOf(removed)], decided: mergedOf([kept]).readings }
  const horizonMs = closedBeforeMs - 2 * dayMs
  expect(isEmpty(changes([kept], { rows: rowsOf([removed]), indexes }, horizonMs))).toBe(true)
})
