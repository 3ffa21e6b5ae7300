/** What an instant must look like, for error messages. */
export const instantForm = 'an ISO 8601 instant in UTC like 2026-01-31T08:00:00Z'

const pattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/

/** Milliseconds since 1970 of an ISO 8601 instant in UTC; a date alone is its midnight. null if it is not one. */
export const parseInstant = (text: string): number | null => {
  if (!pattern.test(text)) return null
  const ms = Date.parse(text)
  // Date.parse makes 30 February the 1st of March, and 24:00 the next day
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 16).replace('Z', '')) ? null : ms
}

/** ISO 8601 in UTC, with milliseconds where there are any. */
export const formatInstant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

const secondsOf = [604_800, 86_400, 3_600, 60, 1]
const durationPattern = /^P(?=.)(\d{1,6}W)?(\d{1,6}D)?(?:T(?=.)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$/

/** Milliseconds of an ISO 8601 duration in weeks, days, hours, minutes and seconds. null if it is not one. */
export const parseDuration = (text: string): number | null => {
  const parts = durationPattern.exec(text)
  if (!parts) return null
  const seconds = secondsOf.map((unit, i) => unit * Number.parseInt(parts[i + 1] ?? '0', 10))
  return seconds.reduce((sum, part) => sum + part) * 1000
}
