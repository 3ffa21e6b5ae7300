/** Shown where nothing was measured. */
const none = '–'

type Figure = number | null | undefined

const isMeasured = (value: Figure): value is number => typeof value === 'number' && Number.isFinite(value)

/** A whole number with thousands separators. */
export const count = (value: Figure): string => (isMeasured(value) ? Math.round(value).toLocaleString('en-GB') : none)

/** Three significant digits: `0.42`, `12.3`, `1,600`. */
export const figure = (value: Figure): string => {
  if (!isMeasured(value)) return none
  return Math.abs(value) >= 1_000 ? count(value) : value.toLocaleString('en-GB', { maximumSignificantDigits: 3 })
}

export const percent = (value: Figure): string => (isMeasured(value) ? `${figure(value)} %` : none)

/** `a / b`. Null where that is not finite. */
export const ratio = (a: number, b: number): number | null => {
  const quotient = a / b
  return Number.isFinite(quotient) ? quotient : null
}

/** A part in percent. It reads as 100 % only where it is the whole. */
export const share = (part: number, whole: number): string => {
  const exact = ratio(100 * part, whole)
  const isNearlyAll = exact !== null && exact > 99 && exact < 100
  return isNearlyAll ? `${(Math.floor(exact * 100) / 100).toFixed(2)} %` : percent(exact)
}

/** `3 messages`, `1 message`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** `rawWorker` as `raw worker`. */
export const words = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()

/** The measured parts and their values, the largest first. */
export const largestFirst = (parts: Readonly<Record<string, number>>): [part: string, value: number][] =>
  Object.entries(parts)
    .filter(([, value]) => isMeasured(value))
    .sort(([, a], [, b]) => b - a)
