import { expect, test } from 'vitest'
import { profiles } from '../../../core/devices/index.ts'
import { timedId } from '../../../core/message/identity.ts'
import type { Message, StoredMessage } from '../../../core/message/message.ts'
import { eraseDevice, spellingsOf } from '../../../core/registry/erase-device.ts'
import { showDevice } from '../../../core/registry/show-device.ts'
import type { Erased, RegistryStore } from '../../../core/registry/store.ts'
import { unknownDevices } from '../../../core/registry/unknown-devices.ts'

const storeOf = (part: Partial<RegistryStore>) => part as RegistryStore

const message = (deviceId: string, atMs: number, hex: string): Message => ({
  id: timedId(atMs, '0'.repeat(64)),
  kind: 'sigfox-data',
  deviceId,
  seqNumber: 1,
  receivedAtMs: 9_000,
  payload: Buffer.from(hex, 'hex'),
})

const seen = (deviceId: string, isRegistered: boolean) => ({ deviceId, isRegistered })

test('an unknown device is listed with the profiles that decode all it sent, and the times of its messages', async () => {
  const sent = [message('B', 5_000, '46000000000100000002'), message('B', 2_000, '5a0000001000000100020003')]
  const store = storeOf({
    seenDevices: async () => [seen('A', true), seen('B', false), seen('C', false)],
    messagesOf: async (ids) => sent.filter(({ deviceId }) => ids.includes(deviceId)),
  })
  const list = unknownDevices(store, profiles)
  expect(await list({ after: '', limit: 3 })).toEqual({
    devices: [
      {
        deviceId: 'B',
        messages: 2,
        firstAtMs: 2_000,
        lastAtMs: 5_000,
        profiles: ['adeunis-pulse@3', 'adeunis-pulse@4'],
      },
    ],
    next: 'C',
  })
  expect((await list({ after: '', limit: 4 })).next).toBeNull()
})

test('a message without a clock counts at its receive time', async () => {
  const store = storeOf({
    seenDevices: async () => [seen('B', false)],
    messagesOf: async () => [message('B', 0, '00'), message('B', 2_000, '00')],
  })
  const { devices } = await unknownDevices(store, profiles)({ after: '', limit: 9 })
  expect(devices).toMatchObject([{ firstAtMs: 2_000, lastAtMs: 9_000, profiles: [] }])
})

const bare = storeOf({
  registrationsOf: async () => [],
  lastReadings: async () => [],
  openRejects: async () => [],
  hasEvents: async () => false,
  lastConfigurations: async () => [],
})

test('a device is shown if anything is known of it', async () => {
  const show = (store: RegistryStore) => showDevice(store, () => null)({ deviceId: 'A' })
  expect(await show(bare)).toBe('Device A is not registered and was never seen.')
  for (const known of [
    { hasEvents: async () => true },
    { openRejects: async () => [{ reason: 'short_frame', count: 1 }] },
    { lastReadings: async () => [{ channel: 'A', readAtMs: 0, index: 1, quality: 'measured' } as const] },
  ])
    expect(await show({ ...bare, ...known })).toBeTypeOf('object')
})

test('configurations come newest first, without those that no profile decodes', async () => {
  const sent = (hex: string): StoredMessage => ({ ...message('A', 1, hex), profile: null, samplePeriodSeconds: null })
  const store = {
    ...bare,
    hasEvents: async () => true,
    lastConfigurations: async () => [
      { message: sent('01'), atMs: 1 },
      { message: sent('02'), atMs: 2 },
      { message: sent('03'), atMs: 3 },
    ],
  }
  const fieldsOf = ({ payload }: StoredMessage) => (payload[0] === 2 ? null : { first: payload[0] })
  expect(await showDevice(store, fieldsOf)({ deviceId: 'A' })).toMatchObject({
    configurations: [
      { atMs: 3, fields: { first: 3 } },
      { atMs: 1, fields: { first: 1 } },
    ],
  })
})

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString()

test('an id is searched in refused bytes as text in either case, and an IMEI as packed digits too', () => {
  expect(spellingsOf('4D3091').map(textOf)).toEqual(['4D3091', '4d3091'])
  const imei = '868411050000007'
  expect(spellingsOf(imei).slice(2).map(hexOf)).toEqual([`0${imei}`, `${imei}f`, `f${imei}`])
  expect(spellingsOf(`0${imei}`).slice(2).map(hexOf)).toEqual([`0${imei}`])
})

test('an id so short that any bytes contain it is not searched', () => {
  expect(spellingsOf('4D309')).toEqual([])
})

test('a device of which nothing was kept is told apart from one that was erased', async () => {
  const none: Erased = { registrations: 0, messages: 0, readings: 0, events: 0, rejects: 0, rejectsByTheirBytes: 0 }
  const erase = (erased: Erased) =>
    eraseDevice(storeOf({ erase: async () => erased }))({ deviceId: 'A1', lane: 'sigfox' })
  expect(await erase(none)).toBe('Nothing is kept of device A1.')
  expect(await erase({ ...none, events: 1 })).toEqual({ ...none, events: 1 })
})
