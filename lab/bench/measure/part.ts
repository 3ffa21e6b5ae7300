import type { Section } from '../../text/table.ts'

/** Says in one line what is being measured now. */
export type Progress = (line: string) => void

/** Measures one part of the system. */
export type Part = (progress: Progress) => Promise<Section[]>

/** The middle one of some measurements: other work on the machine disturbs single ones. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
