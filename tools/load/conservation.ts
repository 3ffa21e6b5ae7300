import { balancesOf, type Flow } from '../ledger/read-back.ts'
import type { Account } from './account.ts'
import type { GatewayTotals } from './measure/doubt.ts'
import type { LoadResult } from './result.ts'
import type { UnwantedCounts } from './sender/messages.ts'

type Check = LoadResult['conservation'][number]

const equal = (lane: string, check: string, left: number, right: number): Check => ({
  lane,
  check,
  holds: left === right,
  says: left === right ? `${left}` : `${left} is not ${right}`,
})

const atMost = (lane: string, check: string, left: number, right: number): Check => ({
  lane,
  check,
  holds: left <= right,
  says: `${left} of ${right}`,
})

interface Counts {
  readonly account: Account
  readonly flow: Flow
  readonly gateway: GatewayTotals
  readonly unwanted: UnwantedCounts
  readonly stored: number
  /** Datagrams that were sent in a time of doubt, second copies too. */
  readonly doubtful: number
  readonly readings: number
}

const ofGateway = ({ gateway, account, unwanted, doubtful }: Counts): Check[] => {
  if (gateway.processes === 0) return []
  const datagrams = account.sentDatagrams() + unwanted.junkDatagrams
  const { received, accepted, rejected, shed, kernelDrops } = gateway
  const settled = accepted + rejected + shed
  return gateway.processes === 1
    ? [
        equal('nbiot', 'datagrams sent = received + dropped by the kernel', datagrams, received + kernelDrops),
        equal('nbiot', 'door received = accepted + rejected + shed', received, settled),
      ]
    : // of a process that was killed only the last look is known
      [
        atMost(
          'nbiot',
          'datagrams that no process of the door settled',
          datagrams - settled,
          doubtful + unwanted.junkDatagrams,
        ),
      ]
}

/** Whether what was sent, what the system counts and what is there agree. */
export const conservationOf = (counts: Counts): Check[] => {
  const { account, flow, unwanted, stored, readings } = counts
  const lanes = Object.values(flow)
  const sum = (read: (lane: Flow['sigfox']) => number) => lanes.reduce((total, lane) => total + read(lane), 0)
  return [
    ...ofGateway(counts),
    ...balancesOf(flow).map(({ lane, check, left, right }) => equal(lane, check, left, right)),
    equal(
      'both',
      'stored as counted = stored as read back',
      sum(({ raw }) => raw.stored),
      stored,
    ),
    equal(
      'both',
      'readings as counted = readings as read back',
      sum((lane) => lane.readings),
      readings,
    ),
    equal(
      'sigfox',
      'frames nobody can read = rejected by pulse',
      account.unreadableThere(),
      flow.sigfox.pulse.rejected,
    ),
    atMost(
      'sigfox',
      'malformed callbacks answered, of rejects kept',
      unwanted.malformedAnswered,
      flow.sigfox.raw.rejected,
    ),
  ]
}
