import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { GatewayService } from '../ingest/gateway-service.ts'
import { queueBytes } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import { aws, minute, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Metrics of the targets of one gateway, of one zone if it is given. */
export const ofTargets = (gateway: GatewayService, metric: string, statistic: string, zone?: string, label = metric) =>
  aws(
    'NetworkELB',
    metric,
    {
      LoadBalancer: gateway.balancer.loadBalancerFullName,
      TargetGroup: gateway.targets.targetGroupFullName,
      ...(zone === undefined ? {} : { AvailabilityZone: zone }),
    },
    statistic,
    { label },
  )

/** Metrics of the load balancer: sums over all gateways behind it. */
export const ofBalancer = (balancer: NetworkLoadBalancer, metric: string, label = metric) =>
  aws('NetworkELB', metric, { LoadBalancer: balancer.loadBalancerFullName }, 'Sum', { label })

export const ofService = ({ service }: GatewayService, metric: string, label = metric) =>
  aws('ECS', metric, { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName }, 'Maximum', {
    label,
  })

/** Every zone must have a healthy task; with fewer tasks than zones, any zone will do. */
const healthy = (stage: Stage, gateway: GatewayService, zones: readonly string[]): Symptom => {
  const { title: name, otherwise } = gateway
  const everyZone = stage.gateway.minTasks >= zones.length
  const counts = zones.map((zone, i) => [`zone${i}`, ofTargets(gateway, 'HealthyHostCount', 'Minimum', zone)] as const)
  return {
    name: `No healthy ${name} in a zone`,
    severity: 'page',
    runbook: 'targets',
    sentence: everyZone
      ? `A zone has no ${name} that can publish. The other takes what it would; if there is none, ${otherwise}.`
      : `No ${name} can publish: ${otherwise}.`,
    metric: new MathExpression({
      expression: `${everyZone ? 'MIN' : 'SUM'}([${counts.map(([id]) => `FILL(${id}, 0)`).join(', ')}])`,
      usingMetrics: Object.fromEntries(counts),
      period: minute,
      label: 'healthy gateways',
    }),
    below: 1,
    periods: [2, 3],
    noData: 'bad',
  }
}

/**
 * A quarter of a vCPU runs for 25 ms of every 100 and then waits: at 1,000 datagrams a second its loop stood still for up to
 * 189 ms without any fault. The receive buffer holds a second of ten times as many.
 */
const stallSeconds = ({ gateway }: Stage) => (gateway.cpuUnits < 1_024 ? 0.25 : 0.025)

/** What can be wrong with any gateway. */
export const gatewaySymptoms = (stage: Stage, gateway: GatewayService, zones: readonly string[]): Symptom[] => {
  const { title: name, lane, otherwise } = gateway
  const { lingerMilliseconds } = stage.gateway
  const door = [lane, 'door'] as const
  const stall = stallSeconds(stage)
  const shared = { severity: 'warn', runbook: 'gateways', noData: 'fine' } as const
  const longest = { statistic: 'Maximum' }
  return [
    {
      ...shared,
      name: `${name} sheds`,
      severity: 'page',
      sentence: `The ${name} has no memory left for messages that the bus has not taken: ${otherwise}.`,
      metric: own(stage, door, 'shed'),
      above: 0,
      periods: [2, 3],
    },
    {
      ...shared,
      name: `${name} queue`,
      sentence: `Half of the memory of the ${name} for messages that the bus has not taken is used; beyond, it sheds.`,
      metric: own(stage, door, 'queuedBytes', longest),
      above: 0.5 * queueBytes(stage.gateway),
      periods: [2, 3],
    },
    {
      ...shared,
      name: `${name} is confirmed late`,
      sentence: `One message in a hundred waits in the ${name} a second longer for the bus than the linger asks for.`,
      metric: own(stage, door, 'confirmSeconds', longest),
      above: lingerMilliseconds / 1_000 + 1,
      periods: [3, 5],
    },
    {
      ...shared,
      name: `${name} stalls`,
      sentence: `The event loop of the ${name} stood still for more than ${1_000 * stall} ms: meanwhile what arrives waits in the kernel.`,
      metric: own(stage, door, 'eventLoopDelaySeconds', longest),
      above: stall,
      periods: [3, 5],
    },
    {
      ...shared,
      name: `${name} CPU`,
      sentence: `A task of the ${name} uses more than 80 % of its CPU.`,
      metric: ofService(gateway, 'CPUUtilization'),
      above: 80,
      periods: [5, 5],
    },
    healthy(stage, gateway, zones),
  ]
}

/** What can be wrong with datagrams only. */
export const datagramSymptoms = (stage: Stage, balancer: NetworkLoadBalancer): Symptom[] => {
  const lost = { severity: 'page', above: 0, periods: [2, 3], noData: 'fine' } as const
  return [
    {
      ...lost,
      name: 'Kernel drops datagrams',
      runbook: 'gateways',
      sentence: 'The kernel threw datagrams away because the gateway did not read them in time; they are lost.',
      metric: own(stage, ['nbiot', 'door'], 'kernelDrops'),
    },
    {
      ...lost,
      name: 'Datagrams blocked on their way to the tasks',
      runbook: 'targets',
      sentence: 'The security group of the load balancer keeps it from handing on datagrams; they are lost.',
      // Outward only: the inward count includes scans of other ports.
      metric: ofBalancer(balancer, 'SecurityGroupBlockedFlowCount_Outbound_UDP'),
    },
    {
      name: 'Unreadable datagrams',
      severity: 'warn',
      runbook: 'flood',
      sentence: 'More than a hundred datagrams a minute are none that a known device sends.',
      metric: own(stage, ['nbiot', 'door'], 'rejected'),
      above: 100,
      periods: [5, 5],
      noData: 'fine',
    },
  ]
}
