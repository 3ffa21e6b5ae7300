import { describe, expect, test } from 'vitest'
import { decode, decoded } from '../decoding.ts'

const v1 = 'adeunis-pulse@1'
const v3 = 'adeunis-pulse@3'
const v4 = 'adeunis-pulse@4'
const hour = 3600
const measured = (channel: string, index: number, timeSeconds: number | null = null) => ({
  channel,
  index,
  timeSeconds,
  ageSeconds: 0,
  quality: 'measured',
})
const derived = (index: number, ageSeconds: number, timeSeconds: number | null = null) => ({
  channel: 'A',
  index,
  timeSeconds,
  ageSeconds,
  quality: 'derived',
})

describe('indexes become readings', () => {
  test('a data frame gives both channels', () => {
    expect(decoded(v3, '46800000009f00000002').indexes).toEqual([measured('A', 159), measured('B', 2)])
  })

  test('a v4 data frame gives them at the time of its own clock', () => {
    expect(decoded(v4, '46040000009f0000000214aba3e9').indexes).toEqual([
      measured('A', 159, 1703791337),
      measured('B', 2, 1703791337),
    ])
  })

  test('a periodic frame gives its samples, each a period before the other', () => {
    expect(decoded(v3, '5a0000001000000100020003', hour).indexes).toEqual([
      measured('A', 4096),
      derived(4095, hour),
      derived(4093, 2 * hour),
      derived(4090, 3 * hour),
    ])
  })

  test('a periodic frame of channel B is of channel B', () => {
    expect(decoded(v3, '5b00000010000001', hour).indexes.map((i) => i.channel)).toEqual(['B', 'B'])
  })

  test('v4 samples go back from the time of the device', () => {
    expect(decoded(v4, '5a6700000127000114aba3e9', hour).indexes).toEqual([
      measured('A', 295, 1703791337),
      derived(294, hour, 1703791337),
    ])
  })

  test('without a sample period only the newest is a reading, and the others are still seen', () => {
    const frame = decoded(v3, '5a0000001000000100020003')
    expect(frame.indexes).toEqual([measured('A', 4096)])
    expect(frame.fields.counterValues).toEqual([4096, 4095, 4093, 4090])
  })

  test('a delta larger than the index goes back over the wrap of the counter', () => {
    expect(decoded(v3, '5a00000000030005', hour).indexes).toEqual([measured('A', 3), derived(4294967294, hour)])
  })

  test('a frame of a history leaves an event and no index alone: the index in frame 0 is hours old', () => {
    for (const [number, hex] of ['4820000000010000000200', '4820010001000200030004'].entries())
      expect(decoded(v1, hex)).toMatchObject({
        indexes: [],
        events: [{ kind: 'history_fragment', channel: '', value: number }],
      })
  })

  test('samples stay differences, whether or not their period is known', () => {
    const run = { channel: 'A', index: 4096, timeSeconds: null, deltas: [1, 2, 3] }
    expect(decoded(v3, '5a0000001000000100020003').runs).toEqual([{ ...run, periodSeconds: null }])
    expect(decoded(v3, '5a0000001000000100020003', hour).runs).toEqual([{ ...run, periodSeconds: hour }])
    expect(decoded(v3, '5a0000001000').runs).toBeUndefined()
  })
})

describe('what is not an index becomes an event', () => {
  const eventsOf = (profile: string, hex: string) => decoded(profile, hex).events

  test('a keep-alive reports each alarm on its channel', () => {
    expect(eventsOf(v3, '30e0150400030002000100')).toEqual([
      { kind: 'keep_alive', channel: '', value: 0 },
      { kind: 'flow_alarm', channel: 'A', value: 1024 },
      { kind: 'tamper', channel: 'A', value: 0 },
      { kind: 'leak', channel: 'A', value: 0 },
    ])
    expect(eventsOf(v3, '30e02a0400030002000100').map((e) => `${e.kind} ${e.channel}`)).toEqual([
      'keep_alive ',
      'flow_alarm B',
      'tamper B',
      'leak B',
    ])
  })

  test('a flow alarm tells the flow of the channels that flow, and leaves an event where none does', () => {
    expect(eventsOf(v3, '47a00f780000')).toEqual([{ kind: 'flow_alarm', channel: 'A', value: 3960 }])
    expect(eventsOf(v3, '47a000000f78')).toEqual([{ kind: 'flow_alarm', channel: 'B', value: 3960 }])
    expect(eventsOf(v3, '47a000000000')).toEqual([{ kind: 'flow_alarm', channel: 'A', value: 0 }])
  })

  test('configuration and register frames say which one they are', () => {
    const codes = (profile: string, ...frames: string[]) => frames.map((hex) => eventsOf(profile, hex)[0])
    const configuration = (value: number) => ({ kind: 'configuration', channel: '', value })
    expect(codes(v1, '102001039a0125003c', '11400001000200030004', '128000050006', '206002')).toEqual(
      [0x10, 0x11, 0x12, 0x20].map(configuration),
    )
    expect(codes(v3, '31801234', '338004013f')).toEqual([
      { kind: 'register', channel: '', value: 0x31 },
      { kind: 'register', channel: '', value: 0x33 },
    ])
  })

  test('the status byte tells of battery, hardware and configuration in the bits that its version has', () => {
    const kinds = (profile: string) => eventsOf(profile, '460e0000009f0000000214aba3e9').map((e) => e.kind)
    expect(kinds(v1)).toEqual(['low_battery', 'hardware_error'])
    expect(kinds(v3)).toEqual(['low_battery', 'hardware_error', 'configuration_inconsistent'])
    expect(kinds(v4)).toEqual(['low_battery', 'configuration_inconsistent'])
  })
})

describe('frames without a vector', () => {
  test('0x10 of v3 by Sigfox has no thresholds', () => {
    const { fields } = decoded(v3, '10000100021b070822003c')
    expect(fields).toMatchObject({ samplePeriodSeconds: 3600, redundantSamples: null, A: { tamper: true } })
    expect(fields.A).not.toHaveProperty('leakThresholdPulsesPerHour')
  })

  test('0x10 in test mode counts its periods in steps of 20 seconds', () => {
    const fields = { transmissionPeriodSeconds: 60, flowPeriodSeconds: 1200 }
    expect(decoded(v1, '102002039a0125003c').fields).toMatchObject(fields)
  })

  test('0x12 of v3 has the tamper settings', () => {
    expect(decoded(v3, '1280000500060203040501').fields).toMatchObject({
      A: { dailyPeriodsBelowWhichLeak: 5, tamperSamplePeriodSeconds: 20, tamperThreshold: 3 },
      B: { dailyPeriodsBelowWhichLeak: 6, tamperSamplePeriodSeconds: 40, tamperThreshold: 5 },
      redundantSamples: 1,
    })
  })

  test('0x20 is read for each network', () => {
    expect(decoded(v3, '206002').fields).toMatchObject({ sigfoxRetries: 2 })
    expect(decoded(v4, '2060020010').fields).toMatchObject({ sigfoxRetries: 2, sigfoxDownlinkPeriodMinutes: 16 })
    expect(decoded(v3, '20a02100').fields).toMatchObject({ loraClass: 'C', loraProvisioning: 'ABP' })
    const address = Buffer.from('10.1.2.3'.padEnd(31, '\0')).toString('hex')
    expect(decoded(v4, `2000${address}16330bb8${Buffer.from('iot').toString('hex')}`).fields).toMatchObject({
      remoteServerAddress: '10.1.2.3',
      remoteServerPort: 5683,
      localPort: 3000,
      apn: 'iot',
    })
  })

  test('0x31 keeps the registers as sent, and none where the request was wrong', () => {
    expect(decoded(v3, '31801234ff').fields).toMatchObject({ valuesHex: '1234ff' })
    expect(decoded(v3, '3180').fields).toMatchObject({ valuesHex: '' })
  })

  test('0x30 and 0x47 of v4 tell the time of the device', () => {
    expect(decoded(v4, '3004000000000000000000'.concat('14aba3e9')).fields.deviceTimeSeconds).toBe(1703791337)
    expect(decoded(v4, '47040f78000014aba3e9').fields.deviceTimeSeconds).toBe(1703791337)
  })
})

test('a version refuses frame codes that only other versions have', () => {
  expect(decode(v1, '5a00000010000001')).toBe('unknown_frame')
  expect(decode(v3, '4820000000010000000200')).toBe('unknown_frame')
})

test.each([
  ['a history frame without a pair', v1, '482001'],
  ['a history frame with half a pair', v1, '48200100010002000300'],
  ['a 0x10 between its Sigfox and its LoRaWAN length', v1, '1020010003920125003c0001'],
  ['a v3 0x10 between its Sigfox and its LoRaWAN length', v3, '10000100021b070822003c0001'],
  ['a 0x20 cut in the address of the server', v4, '200031302e312e'],
])('%s is too short', (_, profile, hex) => {
  expect(decode(profile, hex)).toBe('short_frame')
})

describe('the NB-IoT envelope', () => {
  const nbiot = 'adeunis-pulse-nbiot'

  test('of another vendor is refused as of another profile', () => {
    expect(decode(nbiot, 'f868411056754138f4602401020304050a640c')).toBe('wrong_profile')
  })

  test('cut short or without a frame has a reason of its own', () => {
    expect(decode(nbiot, '1122334455667788030000')).toBe('short_frame')
    expect(decode(nbiot, '11223344556677880300000026')).toBe('empty_frame')
  })

  test('holds v4 frames: bit 2 of the status is the time of the device', () => {
    const { indexes, events } = decoded(nbiot, '1122334455667788030000002646040000009f0000000214aba3e9')
    expect(indexes).toEqual([measured('A', 159, 1703791337), measured('B', 2, 1703791337)])
    expect(events).toEqual([])
  })
})
