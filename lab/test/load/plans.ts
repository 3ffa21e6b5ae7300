import { type LoadPlan, nbiotProfiles } from '../../load/plan/plan.ts'

/** A small fleet: 2,000 devices, most of which send three messages. */
export const planOf = (more: Partial<LoadPlan> = {}): LoadPlan => ({
  devices: 2_000,
  seconds: 60,
  speed: 150,
  sigfoxShare: 50,
  sigfoxBatches: false,
  seed: 7,
  profiles: nbiotProfiles,
  startSeconds: 1_790_000_000,
  loudDevice: false,
  ...more,
})
