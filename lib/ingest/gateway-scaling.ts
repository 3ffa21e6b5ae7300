import { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { NetworkLoadBalancer, NetworkTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { flowsPerTask } from '../stage/sizes.ts'
import type { Stage } from '../stage/stage.ts'

export interface ScalingProps {
  stage: Stage
  transport: 'UDP' | 'TLS'
  balancer: NetworkLoadBalancer
  targets: NetworkTargetGroup
}

/**
 * Runs as many tasks as CPU or new flows ask for, whichever asks for more. A meter sleeps longer than its flow lives
 * (120 s), so a new flow is one message or one callback. Each policy adds two alarms, 60 cents a month in all.
 */
export const scale = (scope: Construct, service: FargateService, props: ScalingProps) => {
  const { stage, transport, balancer, targets } = props
  const { minTasks, maxTasks, cpuUnits } = stage.gateway
  const tasks = service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
  // A task takes two minutes to drain, so scale in only after ten quiet ones.
  const pace = { scaleOutCooldown: Duration.minutes(1), scaleInCooldown: Duration.minutes(10) }
  tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60, ...pace })

  const loadBalancer = { name: 'LoadBalancer', value: balancer.loadBalancerFullName }
  const targetGroup = { name: 'TargetGroup', value: targets.targetGroupFullName }
  const metric = (metricName: string, dimensions: { name: string; value: string }[]) => ({
    namespace: 'AWS/NetworkELB',
    metricName,
    dimensions,
  })
  // The L1 resource: the L2 construct takes no expression, and no load balancer metric is per task.
  const policy = new CfnScalingPolicy(scope, 'Flows', {
    policyName: `${scope.node.path}/Flows`,
    policyType: 'TargetTrackingScaling',
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${service.cluster.clusterName}/${service.serviceName}`,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: 60 * flowsPerTask(transport, cpuUnits),
      scaleOutCooldown: pace.scaleOutCooldown.toSeconds(),
      scaleInCooldown: pace.scaleInCooldown.toSeconds(),
      customizedMetricSpecification: {
        metrics: [
          {
            id: 'flows',
            metricStat: { metric: metric(`NewFlowCount_${transport}`, [loadBalancer]), stat: 'Sum' },
            returnData: false,
          },
          {
            id: 'tasks',
            metricStat: { metric: metric('HealthyHostCount', [loadBalancer, targetGroup]), stat: 'Maximum' },
            returnData: false,
          },
          { id: 'each', expression: 'flows / tasks', label: 'new flows a minute and task', returnData: true },
        ],
      },
    },
  })
  policy.node.addDependency(tasks)
}
