/** The smallest of 1, 2, 5, 10, 20, 50 … that is at least `least`. */
const roundStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10)
}

/** Round numbers from 0 to at least `largest`, in at most `steps` steps. */
export const roundTicks = (largest: number, steps: number): number[] => {
  const step = roundStep((largest > 0 ? largest : 1) / steps)
  const last = Math.ceil((largest > 0 ? largest : 1) / step - 1e-9)
  return Array.from({ length: last + 1 }, (_, i) => i * step)
}

const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600]

/** Ticks for the time axis of a run, at most ten. */
export const clockTicks = (seconds: number): number[] => {
  const step = clockSteps.find((one) => seconds / one <= 10) ?? roundStep(seconds / 36_000) * 3_600
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step)
}

/** `1:05`, minutes and seconds. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

/** Powers of ten around the values, for a logarithmic axis. */
export const powers = (values: readonly number[]): number[] => {
  const positive = values.filter((value) => value > 0)
  const low = Math.floor(Math.log10(Math.min(...positive)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive))))
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i))
}
