import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One column of a load-test table of the source design. Null where the table has no cell. */
export interface SourceRun {
  readonly devices: number
  readonly machines: string
  readonly cpuPercent: number
  readonly memoryPercent: number | null
  readonly delivered: number | null
  readonly invocations: number | null
  readonly meanInvocationMs: number | null
}

interface SourceTable {
  readonly name: string
  readonly title: string
  readonly rows: readonly SourceRun[]
}

interface Published {
  readonly source: string
  readonly note: string
  /** Table 4.1, table 5.1. */
  readonly tables: readonly [SourceTable, SourceTable]
}

/** The load tests of the source design as published. */
export const published: Published = JSON.parse(
  readFileSync(join(import.meta.dirname, '../data/source-load-tests.json'), 'utf8'),
)

/** Messages a second, if each device sends one an hour. */
export const sourceRate = ({ devices }: SourceRun): number => devices / 3_600

/** CPU microseconds a message. The percentage is read as of one CPU, summed over the machines. */
export const sourceMicros = (run: SourceRun): number => (run.cpuPercent * 10_000) / sourceRate(run)
