import { type Decimal, decimal, most, over, times, zero } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import { flowOf } from '../model/flow.ts'
import { workerSeconds } from '../model/functions.ts'
import { given } from '../model/measured.ts'
import type { Traffic } from '../model/traffic.ts'

const thousandth = decimal('0.001')

/**
 * The p99 from accepted to stored, in seconds: a full linger, a receive, a full window and one invocation. A cold start takes
 * longer, but is rarer than one in a hundred.
 */
export const storedWithin = (deployment: Deployment, traffic: Traffic): Decimal => {
  const flow = flowOf(deployment, traffic)
  const invocation = (lane: 'sigfox' | 'nbiot') => {
    const { raw } = flow[lane]
    return raw.invocations === zero ? zero : over(workerSeconds('raw', deployment.raw, raw, traffic), raw.invocations)
  }
  const linger = times(decimal(deployment.gateway.lingerMilliseconds), thousandth)
  const shared = times(given('receiveMilliseconds'), thousandth) + decimal(deployment.raw.windowSeconds)
  return shared + most(linger + invocation('nbiot'), invocation('sigfox'))
}
