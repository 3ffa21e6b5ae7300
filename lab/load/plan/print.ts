import { createLoadFleet } from './fleet.ts'
import { meterKind, meterKinds } from './meter.ts'
import { type LoadPlan, messagesPerSecond, radioCounts, sigfoxProfile } from './plan.ts'
import { radioCodes } from './radio.ts'

const number = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 1 })
const mostMeters = 100_000

/** How many of 1,000 meters are of each kind. */
const metersPerThousand = ({ seed, devices }: LoadPlan) => {
  const looked = Math.min(devices, mostMeters)
  const counts = new Map(meterKinds.map((kind) => [kind, 0]))
  for (let device = 0; device < looked; device++) {
    const kind = meterKind(seed, device * 2)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return meterKinds.map((kind) => `${kind} ${number((1_000 * (counts.get(kind) ?? 0)) / looked)}`).join(', ')
}

/** The plan as text, printed before anything is sent. */
export const planText = (plan: LoadPlan): string => {
  const { count } = createLoadFleet(plan)
  const counts = radioCounts(plan)
  const { devices, seconds, speed, sigfoxShare, sigfoxBatches, seed, profiles, loudDevice } = plan
  const fast = speed === 1 ? '' : `, at ${number(speed)} times the speed`
  return [
    `fleet     ${number(devices)} devices, seed ${seed}; each reports once an hour${fast}`,
    `messages  ${number(count)} in ${number(seconds)} s, ${number(messagesPerSecond(plan))} a second`,
    `doors     ${sigfoxShare} % Sigfox (${sigfoxProfile}, callbacks ${sigfoxBatches ? 'in one-second batches' : 'one by one'}), the others NB-IoT (${profiles.join(', ')})`,
    `meters    of 1,000: ${metersPerThousand(plan)}`,
    `radio     ${radioCodes.map((code) => `${code} ${number(counts[code])}`).join(', ')}`,
    `others    4 malformed and 4 hostile for every 1,000 messages${loudDevice ? '; one device at 1,000 times its rate from half-time on' : ''}`,
  ].join('\n')
}
