import { expect, test } from 'vitest'
import type { RegisteredDevice } from '../../../core/registry/registration.ts'
import { changedRegistration, type DeviceChange, retireDevice, setDevice } from '../../../core/registry/set-device.ts'
import type { RegistryStore } from '../../../core/registry/store.ts'

const year = (y: number) => Date.UTC(y, 0, 1)

const registered: RegisteredDevice = {
  deviceId: 'A1',
  network: 'sigfox',
  profile: 'adeunis-pulse@3',
  weightMillilitres: 1000,
  weightPulses: 450,
  samplePeriodSeconds: 3600,
  timeZone: 'Europe/Paris',
  meterId: 'M7',
  validFromMs: year(2020),
  validToMs: year(2030),
}

const nothing: DeviceChange = {
  deviceId: 'A1',
  network: 'sigfox',
  profile: null,
  weightMillilitres: null,
  weightPulses: null,
  samplePeriodSeconds: null,
  timeZone: null,
  meterId: null,
  fromMs: null,
}

const changed = (registrations: RegisteredDevice[], change: Partial<DeviceChange>) =>
  changedRegistration(registrations, { ...nothing, ...change }, year(2026))

test('the first registration holds from 2015 on, in UTC, unless it says otherwise', () => {
  expect(changed([], { profile: 'icemeter-pulse@1', weightMillilitres: 10 })).toEqual({
    deviceId: 'A1',
    network: 'sigfox',
    profile: 'icemeter-pulse@1',
    weightMillilitres: 10,
    weightPulses: 1,
    samplePeriodSeconds: null,
    timeZone: 'UTC',
    meterId: null,
    validFromMs: year(2015),
    validToMs: null,
  })
})

test.each([{ profile: 'icemeter-pulse@1' }, { weightMillilitres: 10 }])(
  'the first registration needs a profile and a weight: %j is not enough',
  (change) => {
    expect(changed([], change)).toBe('Device A1 is not registered yet: give its --profile and its --weight.')
  },
)

test('without an instant the registration in force is corrected, and keeps what is not named', () => {
  const later = { ...registered, validFromMs: year(2027), meterId: 'M8' }
  expect(changed([registered, later], { timeZone: 'UTC' })).toEqual({ ...registered, timeZone: 'UTC' })
})

test('if none is in force yet, the first is corrected', () => {
  const future = { ...registered, validFromMs: year(2027) }
  expect(changed([future], { meterId: 'M9' })).toEqual({ ...future, meterId: 'M9' })
})

test('from an instant on a new registration begins; it takes over what is not named, but not the end', () => {
  const expected = { ...registered, profile: 'adeunis-pulse@4', validFromMs: year(2026), validToMs: null }
  expect(changed([registered], { profile: 'adeunis-pulse@4', fromMs: year(2026) })).toEqual(expected)
})

test('from the instant at which a registration begins, that one is corrected and keeps its end', () => {
  expect(changed([registered], { meterId: 'M9', fromMs: year(2020) })).toEqual({ ...registered, meterId: 'M9' })
})

test('a new weight in millilitres is not divided by the pulses of the old', () => {
  expect(changed([registered], { weightMillilitres: 10 })).toMatchObject({ weightMillilitres: 10, weightPulses: 1 })
})

test('a change that clashes with another registration is not applied', async () => {
  const clash = {
    kind: 'overlap',
    line: 1,
    deviceId: 'A1',
    validFromMs: year(2020),
    validToMs: year(2030),
    nextFromMs: year(2026),
  } as const
  const store = {
    registrationsOf: async () => [registered],
    beginImport: async () => 'import',
    stageDevices: async () => {},
    clashes: async () => ({ clashes: [clash], count: 1 }),
    applyImport: async () => expect.unreachable(),
  } as Partial<RegistryStore> as RegistryStore
  expect(await setDevice(store, Date.now)({ ...nothing, fromMs: year(2026) })).toBe(
    'Device A1 was not changed: the registration of device A1 from 2020-01-01T00:00:00Z ends at 2030-01-01T00:00:00Z, after the next begins at 2026-01-01T00:00:00Z.',
  )
})

test('the last registration is ended, unless it begins at that instant or later', async () => {
  const ended: [RegisteredDevice, number][] = []
  const store = (registrations: RegisteredDevice[]) =>
    ({
      registrationsOf: async () => registrations,
      endRegistration: async (registration, atMs) => void ended.push([registration, atMs]),
    }) as Partial<RegistryStore> as RegistryStore
  const later = { ...registered, validFromMs: year(2022) }
  const retire = (registrations: RegisteredDevice[], atMs: number) =>
    retireDevice(store(registrations))({ deviceId: 'A1', atMs })
  expect(await retire([], year(2026))).toBe('Device A1 is not registered.')
  expect(await retire([registered, later], year(2022))).toContain('begins at 2022-01-01T00:00:00Z, not before')
  expect(ended).toEqual([])
  expect(await retire([registered, later], year(2026))).toBeNull()
  expect(ended).toEqual([[later, year(2026)]])
})
