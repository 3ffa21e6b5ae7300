import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readDevices } from '../../../commands/devices/file.ts'
import type { StagedDevice } from '../../../core/registry/store.ts'

const header = 'device_id,network,profile,millilitres_per_pulse,sample_period_seconds,time_zone,valid_from'
const good = ['004d3091', 'sigfox', 'adeunis-pulse@3', '1000/450', '3600', 'Europe/Paris', '2025-01-01T00:00:00Z']

/** The good line with one column replaced. */
const lineWith = (column: number, text: string) => good.with(column, text).join(',')

const readAll = async (text: string) => {
  const devices: StagedDevice[] = []
  const faults: string[] = []
  for await (const found of readDevices(Readable.from([text]))) {
    if (Array.isArray(found)) faults.push(...found.map(({ line, sentence }) => `line ${line}: ${sentence}`))
    else devices.push(found)
  }
  return { devices, faults: faults.join('\n') }
}
const faultsOf = async (text: string) => (await readAll(text)).faults

const device = {
  line: 2,
  deviceId: '4D3091',
  network: 'sigfox',
  profile: 'adeunis-pulse@3',
  weightMillilitres: 1000,
  weightPulses: 450,
  samplePeriodSeconds: 3600,
  timeZone: 'Europe/Paris',
  validFromMs: Date.UTC(2025, 0, 1),
  meterId: null,
  validToMs: null,
}

test.each([
  ['as exported', `${header}\n${good.join(',')}\n`],
  ['with BOM and CRLF', `\ufeff${header}\r\n${good.join(',')}\r\n`],
  ['with quotes', `${header}\n${good.map((field) => `"${field}"`).join(',')}`],
  ['with blanks and empty lines', `${header}\n\n${good.join(' , ')}\n\n`],
])('a file %s is read, and its ids are canonical', async (_, text) => {
  expect((await readAll(text)).devices).toEqual([{ ...device, line: expect.any(Number) }])
})

test('a weight without a fraction is for one pulse, an empty period is unknown, and an IMEI stays as it is', async () => {
  const line = '867787050123456,nbiot,dragino-sw3l-nb,1000,,UTC,2025-01-01'
  expect((await readAll(`${header}\n${line}`)).devices).toMatchObject([
    { deviceId: '867787050123456', weightMillilitres: 1000, weightPulses: 1, samplePeriodSeconds: null },
  ])
})

test.each([
  ['an id of no network', 0, 'XYZ', 'device_id'],
  ['an IMEI on Sigfox', 0, '867787050123456', 'device_id must be up to 8 hex digits for sigfox'],
  ['an unknown network', 1, 'lora', 'network must be sigfox or nbiot'],
  ['an unknown profile', 2, 'adeunis-puls@3', 'did you mean adeunis-pulse@3?'],
  ['a profile of the other network', 2, 'dragino-sw3l-nb', 'is for nbiot'],
  ['a malformed fraction', 3, '1000/', 'millilitres_per_pulse'],
  ['a fraction of three parts', 3, '1/2/3', 'millilitres_per_pulse'],
  ['a decimal weight', 3, '2.5', 'millilitres_per_pulse'],
  ['a weight of zero', 3, '0', 'millilitres_per_pulse'],
  ['a division by zero', 3, '1000/0', 'millilitres_per_pulse'],
  ['a negative weight', 3, '-1000', 'millilitres_per_pulse'],
  ['a weight beyond 32 bits', 3, '2147483648', 'millilitres_per_pulse'],
  ['a period of zero', 4, '0', 'sample_period_seconds'],
  ['a fraction of a second', 4, '1.5', 'sample_period_seconds'],
  ['an unknown time zone', 5, 'Europe/Pari', 'time_zone'],
  ['an offset for a time zone', 5, '+01:00', 'time_zone'],
  ['no time zone', 5, '', 'time_zone'],
  ['a local time', 6, '2025-01-01T00:00:00', 'valid_from'],
  ['a day that is none', 6, '2025-02-30', 'valid_from'],
  ['no instant', 6, '', 'valid_from'],
])('%s is a fault of its line', async (_, column, text, fault) => {
  const found = await faultsOf(`${header}\n${good.join(',')}\n${lineWith(column, text)}\n`)
  expect(found).toMatch(/^line 3: [^\n]*$/)
  expect(found).toContain(fault)
})

test('all faults of a file are listed at once, each with its line', async () => {
  const text = [header, lineWith(0, 'XYZ'), good.join(','), '', 'A1,sigfox', good.with(1, 'x').with(4, 'y').join(',')]
  expect((await faultsOf(text.join('\r\n'))).match(/^line \d+/gm)).toEqual(['line 2', 'line 5', 'line 6', 'line 6'])
})

test('a file may name the meter and the end of a registration; both are checked', async () => {
  const long = `${header},valid_to,meter_id`
  const { devices } = await readAll(`${long}\n${good.join(',')},2026-01-01,M 7\n${good.join(',')},,\n`)
  expect(devices).toMatchObject([
    { meterId: 'M 7', validToMs: Date.UTC(2026, 0, 1) },
    { meterId: null, validToMs: null },
  ])
  const faults = await faultsOf(`${long}\n${good.join(',')},2024-01-01,é\n${good.join(',')},soon,M\n`)
  expect(faults.split('\n').map((fault) => fault.slice(0, 16))).toEqual([
    'line 2: meter_id',
    'line 2: valid_to',
    'line 3: valid_to',
  ])
})

test.each([
  ['no header', `${good.join(',')}\n`],
  ['another order', `${header.split(',').toReversed().join(',')}\n`],
  ['nothing', ''],
])('a file with %s is refused with the header it needs', async (_, text) => {
  expect(await faultsOf(text)).toContain(text === '' ? 'the file is empty' : header)
})

test('an unclosed quote is a fault with its line', async () => {
  expect(await faultsOf(`${header}\n"004d3091,sigfox\n`)).toMatch(/line 2|line 3/)
})
