import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Stage } from '../stage.ts'
import type { UdpGateway } from '../udp-gateway.ts'
import { aws, minute, own } from './metric.ts'
import type { Symptom } from './symptom.ts'

/** Metrics of the load balancer and its targets; by zone where one is named. */
export const ofBalancer = (gateway: UdpGateway, metric: string, statistic: string, zone?: string, label = metric) =>
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

export const ofService = ({ service }: UdpGateway, metric: string) =>
  aws('ECS', metric, { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName }, 'Maximum')

/** Every zone has a gateway; with fewer tasks than zones, any of them. */
const healthy = (stage: Stage, gateway: UdpGateway, zones: readonly string[]): Symptom => {
  const everyZone = stage.gateway.minTasks >= zones.length
  const counts = zones.map((zone, i) => [`zone${i}`, ofBalancer(gateway, 'HealthyHostCount', 'Minimum', zone)] as const)
  return {
    name: 'No healthy gateway in a zone',
    severity: 'page',
    runbook: 'targets',
    sentence: everyZone
      ? 'A zone has no gateway that can publish. The others take its datagrams; if there are none, they are lost.'
      : 'No gateway can publish: datagrams are lost, because no device is told.',
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

export const gatewaySymptoms = (stage: Stage, gateway: UdpGateway, zones: readonly string[]): Symptom[] => {
  const door = ['nbiot', 'door'] as const
  return [
    {
      name: 'Kernel drops datagrams',
      severity: 'page',
      runbook: 'datagrams',
      sentence: 'The kernel threw datagrams away because the gateway did not read them in time; they are lost.',
      metric: own(stage, door, 'kernelDrops'),
      above: 0,
      periods: [2, 3],
      noData: 'fine',
    },
    {
      name: 'Gateway sheds datagrams',
      severity: 'page',
      runbook: 'datagrams',
      sentence: 'The gateway has no memory left for datagrams that the bus has not taken; they are lost.',
      metric: own(stage, door, 'shed'),
      above: 0,
      periods: [2, 3],
      noData: 'fine',
    },
    {
      name: 'Gateway stalls',
      severity: 'warn',
      runbook: 'datagrams',
      sentence: "The gateway's event loop stood still for more than 25 ms: meanwhile the kernel's small buffer fills.",
      metric: own(stage, door, 'eventLoopDelaySeconds', { statistic: 'Maximum' }),
      above: 0.025,
      periods: [3, 5],
      noData: 'fine',
    },
    {
      name: 'Gateway CPU',
      severity: 'warn',
      runbook: 'datagrams',
      sentence: 'A gateway task uses more than 80 % of its CPU.',
      metric: ofService(gateway, 'CPUUtilization'),
      above: 80,
      periods: [5, 5],
      noData: 'fine',
    },
    {
      name: 'Unreadable datagrams',
      severity: 'warn',
      runbook: 'flood',
      sentence: 'More than a hundred datagrams a minute are none that a known device sends.',
      metric: own(stage, door, 'rejected'),
      above: 100,
      periods: [5, 5],
      noData: 'fine',
    },
    healthy(stage, gateway, zones),
  ]
}
