import { type Decimal, decimal, most, over, times } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import type { Flow } from './flow.ts'
import { given } from './measured.ts'
import { hoursAMonth, secondsAMonth } from './months.ts'
import type { Traffic } from './traffic.ts'
import { part, type Usage, usage } from './usage.ts'

const gigabyte = decimal(1_000_000_000)
/** What a capacity unit of a network load balancer holds: bytes an hour, and new flows a second over UDP or TLS. */
const udpFlows = decimal(400)
const tlsFlows = decimal(50)

/** Capacity-unit hours. The largest dimension of each protocol is billed. */
const capacityHours = (flows: Decimal, flowsAUnit: Decimal, bytes: Decimal) =>
  most(times(over(over(flows, secondsAMonth), flowsAUnit), hoursAMonth), over(bytes, gigabyte))

const callbackBytes = ({ callbacks }: Traffic, flow: Flow) =>
  times(flow.sigfox.messages, callbacks === 'batched' ? given('callbackLineBytes') : given('callbackBytes'))

export const datagramBytesAMonth = (traffic: Traffic, { nbiot }: Flow) =>
  times(nbiot.messages, traffic.datagramBytes + given('datagramHeaderBytes'))

/** Twice as many where the Sigfox door is a container too: it has its own tasks of the same size. */
export const taskCount = ({ gateway, sigfoxDoor }: Deployment) =>
  decimal(sigfoxDoor === 'container' ? 2 * gateway.tasks : gateway.tasks)

/** What the two doors bill. */
export const doorUsage = (deployment: Deployment, traffic: Traffic, flow: Flow): Usage[] => {
  const { gateway, balancerZones, sigfoxDoor } = deployment
  const taskHours = times(taskCount(deployment), hoursAMonth)
  const container = sigfoxDoor === 'container'
  return [
    ...(container ? [] : [usage('apigateway.request', true, part('Sigfox callbacks', flow.callbacks))]),
    usage(
      'nlb.capacity-hour',
      true,
      part(
        'datagrams, each a new flow',
        capacityHours(flow.nbiot.messages, udpFlows, datagramBytesAMonth(traffic, flow)),
      ),
      container
        ? part(
            'callbacks, each a new TLS connection',
            capacityHours(flow.callbacks, tlsFlows, callbackBytes(traffic, flow)),
          )
        : null,
    ),
    usage('nlb.hour', false, part('load balancer', hoursAMonth)),
    usage(
      'fargate.arm-vcpu-hour',
      true,
      part('tasks', times(taskHours, over(decimal(gateway.cpuUnits), decimal(1_024)))),
    ),
    usage(
      'fargate.arm-gb-hour',
      true,
      part('tasks', times(taskHours, over(decimal(gateway.memoryMiB), decimal(1_024)))),
    ),
    usage(
      'ipv4.hour',
      false,
      part('load balancer, one a zone', times(decimal(balancerZones), hoursAMonth)),
      gateway.publicAddresses ? part('tasks', taskHours) : null,
    ),
  ]
}
