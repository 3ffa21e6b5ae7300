/** What was found as `--json` writes it: every key of it, two spaces deep. */
export const jsonReport = (result: object): string => `${JSON.stringify(result, null, 2)}\n`
