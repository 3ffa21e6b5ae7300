import type { Schedule } from '../template/schedules.ts'

/** Invokes each function in its time; the function returned ends that. */
export const startSchedules = (schedules: readonly Schedule[], invoke: (functionArn: string) => void): (() => void) => {
  const timers = schedules.map(({ functionArn, everyMs }) => setInterval(() => invoke(functionArn), everyMs))
  return () => timers.forEach(clearInterval)
}
