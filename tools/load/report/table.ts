import type { LoadResult } from '../result.ts'

/** What became of every message, for a person at a terminal. */
export const printReport = (result: LoadResult): string =>
  `${result.sent} sent, ${result.stored} stored, ${result.lost} lost\n`
