import { balancesOf, type Flow } from '../../../test/support/flow.ts'
import type { LoadResult } from '../result/result.ts'
import type { UnwantedCounts } from '../sender/messages.ts'
import type { Account } from './account.ts'
import type { GatewayTotals } from './doubt.ts'

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
  /** Datagrams sent in a time of doubt, including second copies. */
  readonly doubtful: number
  /** Readings that the stored messages tell, before they are merged. */
  readonly told: number
}

const ofDatagrams = ({ gateway, account, unwanted, doubtful }: Counts): Check[] => {
  const datagrams = account.sentDatagrams() + unwanted.junkDatagrams
  const { received, accepted, rejected, shed, kernelDrops } = gateway
  // what a killed process counted after the last scrape is not known
  if (gateway.processes > 1) {
    const unsettled = datagrams - accepted - rejected - shed
    const most = doubtful + unwanted.junkDatagrams
    return [atMost('nbiot', 'datagrams that no process of the door settled', unsettled, most)]
  }
  const arrived = received + kernelDrops
  return [
    // all are in doubt if the network to another machine has lost some
    doubtful < datagrams
      ? equal('nbiot', 'datagrams sent = received + dropped by the kernel', datagrams, arrived)
      : atMost('nbiot', 'datagrams received or dropped by the kernel, of those sent', arrived, datagrams),
    equal('nbiot', 'door received = accepted + rejected + shed', received, accepted + rejected + shed),
  ]
}

const ofGateway = (counts: Counts): Check[] => {
  const { gateway, account } = counts
  if (gateway.processes === 0) return []
  return [
    ...ofDatagrams(counts),
    // a doubt excuses datagrams that no door accepted, not those lost after the door
    atMost(
      'nbiot',
      'datagrams in doubt that are not there, of those that no door took',
      account.missingDatagrams(),
      account.sentDatagrams() - gateway.accepted,
    ),
  ]
}

/** Compares what was sent, what the system counts, and what is stored. */
export const conservationOf = (counts: Counts): Check[] => {
  const { account, flow, unwanted, stored, told } = counts
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
      'readings as counted = readings that the stored messages tell',
      sum((lane) => lane.readings),
      told,
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
