import { CsvError, parse } from 'csv-parse/sync'
import type { RegisteredDevice } from '../../adapters/postgres/registry.ts'
import * as read from './fields.ts'

/** A file that cannot be imported: every fault with its line. Nothing was applied. */
export class FileFault extends Error {
  override name = 'FileFault'
}

interface Line {
  readonly record: readonly string[]
  /** Counted from 1; of a record over several lines, the last. */
  readonly number: number
}

const linesOf = (text: string): Line[] => {
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const
    const records: unknown = parse(text, options)
    return (records as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      number: info.lines,
    }))
  } catch (error) {
    if (error instanceof CsvError) throw new FileFault(error.message)
    throw error
  }
}

const deviceOf = (fields: read.Fields, complain: read.Complain): RegisteredDevice => {
  const network = read.readNetwork(fields, complain)
  const id = read.readDevice(fields, network, complain)
  return {
    deviceId: id?.deviceId ?? '',
    network: network ?? 'sigfox',
    profile: read.readProfile(fields, network, complain),
    ...read.readWeight(fields, complain),
    samplePeriodSeconds: read.readPeriod(fields, complain),
    timeZone: read.readTimeZone(fields, complain),
    validFromMs: read.readValidFrom(fields, complain),
  }
}

const readHeader = (header: Line | undefined) => {
  const expected = read.columns.join(',')
  const found = header?.record.join(',') ?? ''
  if (found !== expected) throw new FileFault(`line ${header?.number ?? 1}: the header must be ${expected}`)
}

/**
 * The registrations in the text of a CSV file, ids in their canonical form.
 * @throws FileFault with one line for each fault in the file
 */
export const readDevices = (text: string): RegisteredDevice[] => {
  const [header, ...lines] = linesOf(text)
  readHeader(header)
  const faults: string[] = []
  const firstLines = new Map<string, number>()
  const devices = lines.map(({ record, number }) => {
    const before = faults.length
    const complain = (fault: string) => faults.push(`line ${number}: ${fault}`)
    if (record.length !== read.columns.length) {
      complain(`there are ${read.columns.length} columns, here are ${record.length}`)
      return null
    }
    const device = deviceOf(
      Object.fromEntries(read.columns.map((name, i) => [name, record[i]])) as read.Fields,
      complain,
    )
    if (faults.length > before) return null
    const key = `${device.deviceId} ${device.validFromMs}`
    const first = firstLines.get(key)
    if (first !== undefined) complain(`device ${device.deviceId} with this valid_from is on line ${first} already`)
    else firstLines.set(key, number)
    return device
  })
  if (faults.length > 0) throw new FileFault(faults.join('\n'))
  return devices.filter((device) => device !== null)
}
