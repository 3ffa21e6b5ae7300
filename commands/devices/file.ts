import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { LineFault } from '../../core/registry/check-import.ts'
import type { StagedDevice } from '../../core/registry/store.ts'
import * as read from './fields.ts'

interface Line {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

const deviceOf = (fields: read.Fields, line: number, complain: read.Complain): StagedDevice => {
  const network = read.readNetwork(fields, complain)
  const id = read.readDevice(fields, network, complain)
  const validFromMs = read.readValidFrom(fields, complain)
  return {
    line,
    deviceId: id?.deviceId ?? '',
    network: network ?? 'sigfox',
    profile: read.readProfile(fields, network, complain),
    ...read.readWeight(fields, complain),
    samplePeriodSeconds: read.readPeriod(fields, complain),
    timeZone: read.readTimeZone(fields, complain),
    meterId: read.readMeter(fields, complain),
    validFromMs,
    validToMs: read.readValidTo(fields, validFromMs, complain),
  }
}

/** The columns of the file, or what is wrong with its header. */
const readHeader = ({ record, info }: Line): readonly string[] | LineFault => {
  const expected: readonly string[] = read.columns
  const more = record.slice(expected.length)
  const fits =
    expected.every((name, i) => record[i] === name) &&
    new Set(more).size === more.length &&
    more.every((name) => (read.optionalColumns as readonly string[]).includes(name))
  if (fits) return record
  const sentence = `the header must be ${expected.join(',')}, and may go on with ${read.optionalColumns.join(' and ')}`
  return { line: info.lines, sentence }
}

const omitted = Object.fromEntries(read.optionalColumns.map((name) => [name, '']))

const readLine = (header: readonly string[], { record, info }: Line): StagedDevice | LineFault[] => {
  const line = info.lines
  if (record.length !== header.length)
    return [{ line, sentence: `the line has ${record.length} columns, the header ${header.length}` }]
  const faults: LineFault[] = []
  const fields = { ...omitted, ...Object.fromEntries(header.map((name, i) => [name, record[i]])) } as read.Fields
  const device = deviceOf(fields, line, (sentence) => faults.push({ line, sentence }))
  return faults.length > 0 ? faults : device
}

/**
 * The lines of a CSV file: each a registration with its canonical device id, or what is wrong with it. Lines are counted
 * from 1; a record that spans several lines has the number of its last.
 */
export async function* readDevices(file: Readable): AsyncGenerator<StagedDevice | LineFault[]> {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const
  const parser = parse(options)
  file.on('error', (error) => parser.destroy(error))
  let header: readonly string[] | null = null
  try {
    for await (const line of file.pipe(parser) as AsyncIterable<Line>) {
      if (header !== null) yield readLine(header, line)
      else {
        const found: readonly string[] | LineFault = readHeader(line)
        if ('sentence' in found) return yield [found]
        header = found
      }
    }
    if (header === null) yield [{ line: 1, sentence: 'the file is empty: it has not even a header' }]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    yield [{ line: Number(error.lines ?? 0), sentence: error.message }]
  }
}
