import { bytesThroughEndpoint } from './bus.ts'
import { type Decimal, decimal, over, times } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import { datagramBytesAMonth, taskCount } from './doors.ts'
import type { Flow } from './flow.ts'
import { loggedInvocations } from './functions.ts'
import { given } from './measured.ts'
import { daysAMonth, hoursAMonth } from './months.ts'
import type { Traffic } from './traffic.ts'
import { part, type Usage, usage } from './usage.ts'

const gigabyte = decimal(1_000_000_000)
const count = (what: string, n: number) => part(what, decimal(n))

const logUsage = (deployment: Deployment, traffic: Traffic, flow: Flow): Usage[] => {
  const functions = over(times(loggedInvocations(deployment, traffic, flow), given('logLineBytes')), gigabyte)
  const tasks = over(times(taskCount(deployment), given('gatewayLogBytes')), gigabyte)
  const kept = over(decimal(deployment.logRetentionDays), daysAMonth)
  const lines = [flow.sigfox.raw, flow.sigfox.pulse, flow.nbiot.raw, flow.nbiot.pulse]
  const measured = lines.reduce((sum, { invocations }) => sum + invocations, 0n)
  const metrics = deployment.measuringWorkers === 0 ? 0n : over(times(measured, given('metricLineBytes')), gigabyte)
  const requests = deployment.accessLog && deployment.sigfoxDoor === 'function' ? flow.callbacks : 0n
  const access = over(times(requests, given('accessLineBytes')), gigabyte)
  return [
    usage(
      'logs.gb',
      false,
      part('start, end and report of every invocation', functions),
      part('metrics of the workers', metrics),
      part('a line a request', access),
      part('gateway tasks', tasks),
    ),
    usage(
      'logs.stored-gb',
      false,
      part(
        `${deployment.logRetentionDays} days`,
        times(functions + metrics + access + tasks, given('logCompression'), kept),
      ),
    ),
  ]
}

/** With two zones half of the traffic crosses zones, and each byte that does is billed twice: leaving and arriving. */
const betweenZones = (bytes: Decimal) => over(bytes, gigabyte)

/** Everything else: endpoint, logs, alarms, secrets, images, traffic between zones. */
export const upkeepUsage = (deployment: Deployment, traffic: Traffic, flow: Flow): Usage[] => {
  const messages = flow.sigfox.messages + flow.nbiot.messages
  const { natGateways, endpointInterfaces } = deployment
  return [
    usage('endpoint.hour', false, part('interfaces', times(decimal(endpointInterfaces), hoursAMonth))),
    usage(
      'endpoint.gb',
      false,
      part('packs of workers and gateway', over(bytesThroughEndpoint(flow, deployment.bus), gigabyte)),
    ),
    ...(natGateways > 0 ? [usage('nat.hour', false, part('gateways', times(decimal(natGateways), hoursAMonth)))] : []),
    ...logUsage(deployment, traffic, flow),
    usage(
      'metric.month',
      false,
      part('event counts of the mappings', times(decimal(deployment.countingMappings), given('mappingMetrics'))),
      part('metrics of the workers', times(decimal(deployment.measuringWorkers), given('workerMetrics'))),
      part('metrics of the gateway', times(decimal(deployment.measuringGateways), given('gatewayMetrics'))),
      count('metrics from logs', deployment.logMetrics),
    ),
    usage('alarm.month', false, count('alarms', deployment.alarms)),
    usage('dashboard.month', false, count('dashboards', deployment.dashboards)),
    usage('secret.month', false, count('secrets', deployment.secrets)),
    usage('ecr.gb', false, part('images', times(decimal(deployment.images), given('imageGigabytes')))),
    usage(
      'transfer.between-zones-gb',
      false,
      part('datagrams', betweenZones(datagramBytesAMonth(traffic, flow))),
      part('statements to the database', betweenZones(times(messages, given('statementBytes')))),
    ),
  ]
}
