import type { Section } from '../../text/table.ts'

/** Prints one line about what is being measured. */
export type Progress = (line: string) => void

/** Measures one part of the system. */
export type Part = (progress: Progress) => Promise<Section[]>

/** Single measurements are disturbed by other work on the machine. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
