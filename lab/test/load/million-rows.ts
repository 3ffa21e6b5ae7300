import type { StoredMessage, StoredReading } from '../../ledger/model.ts'
import type { LoadFleet } from '../../load/plan/fleet.ts'
import { planOf } from './plans.ts'

/** A million devices at 10,000 messages a second. Each frame holds the indexes of two channels. */
export const millionPlan = planOf({
  devices: 36_000_000,
  seconds: 100,
  speed: 1,
  sigfoxShare: 0,
  profiles: ['adeunis-pulse-nbiot'],
})

/** The API's rows for a message that is stored and decoded. */
export const rowsOf = (fleet: LoadFleet, number: number): { message: StoredMessage; readings: StoredReading[] } => {
  const [deviceId, payloadHex] = [fleet.deviceIdOf(number), fleet.payloadHex(number)]
  const at = new Date(fleet.timeOf(number) * 1_000).toISOString()
  const readings = ['A', 'B'].map((channel, place) => ({
    deviceId,
    channel,
    readAt: at,
    index: Number.parseInt(payloadHex.slice(30 + 8 * place, 38 + 8 * place), 16),
  }))
  return { message: { deviceId, at, payloadHex, state: 'decoded' }, readings }
}
