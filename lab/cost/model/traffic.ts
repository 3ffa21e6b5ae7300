import { maxDatagramBytes } from '../../../core/devices/datagram.ts'
import { largestBodyBytes } from '../../../core/sigfox/callback.ts'
import { type Decimal, decimal, times, zero } from './decimal.ts'
import { CostFault } from './fault.ts'
import { given } from './measured.ts'
import { hoursAMonth } from './months.ts'

/** What a fleet sends. */
export interface Traffic {
  readonly devices: Decimal
  readonly messagesAnHour: Decimal
  /** Percent of the devices on Sigfox. The others are on NB-IoT. */
  readonly sigfoxPercent: Decimal
  /** One callback a message, or one a second with its messages (BATCH_URL). */
  readonly callbacks: 'one-by-one' | 'batched'
  /** Payload of a datagram. A Sigfox payload is counted as 12 bytes, its maximum. */
  readonly datagramBytes: Decimal
  readonly readingsAMessage: Decimal
  /** Days since the first message, for the size of what is stored. */
  readonly daysKept: Decimal
}

/** The fleets of the tables: those of the source design, and ten times its largest. */
export const fleets: readonly Decimal[] = [1_000, 10_000, 180_000, 360_000, 3_600_000, 36_000_000].map(decimal)

export const sigfoxPayloadBytes = decimal(12)

export const hourly = (
  devices: number | bigint | Decimal,
  callbacks: Traffic['callbacks'] = 'one-by-one',
): Traffic => ({
  devices: typeof devices === 'number' ? decimal(devices) : devices,
  messagesAnHour: decimal(1),
  sigfoxPercent: decimal(50),
  callbacks,
  datagramBytes: decimal(31),
  readingsAMessage: decimal(1),
  daysKept: decimal(30),
})

/** @throws CostFault if a message could not be sent or metered */
export const checkTraffic = (traffic: Traffic): Traffic => {
  if (traffic.devices <= zero) throw new CostFault('--devices must be a whole number above 0.')
  if (traffic.sigfoxPercent > decimal(100)) throw new CostFault('--sigfox must be a percentage from 0 to 100.')
  if (traffic.datagramBytes > decimal(maxDatagramBytes))
    throw new CostFault(`--bytes is too large: the gateway takes datagrams of at most ${maxDatagramBytes} bytes.`)
  if (given('callbackBytes') > decimal(largestBodyBytes))
    throw new CostFault(
      `callbackBytes in data/measured.json is above the ${largestBodyBytes} bytes that the door takes.`,
    )
  return traffic
}

const messagesAMonth = ({ devices, messagesAnHour }: Traffic): Decimal => times(devices, messagesAnHour, hoursAMonth)

/** Messages a month over each network. */
export const messagesByLane = (traffic: Traffic) => {
  const all = messagesAMonth(traffic)
  const sigfox = times(all, traffic.sigfoxPercent, decimal('0.01'))
  return { sigfox, nbiot: all - sigfox }
}
