import type { LoadResult } from '../result.ts'

/** One self-contained HTML page of a run. */
export const htmlReport = (result: LoadResult): string => `<!doctype html><title>${result.sent} sent</title>\n`
