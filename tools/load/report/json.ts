import type { LoadResult } from '../result.ts'

/** The result as `--json` writes it: every key of `LoadResult`, two spaces deep. */
export const jsonReport = (result: LoadResult): string => `${JSON.stringify(result, null, 2)}\n`
