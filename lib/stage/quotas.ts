import { concurrencyNeeded } from './connections.ts'
import type { Stage } from './stage.ts'

/** The virtual CPUs of the gateways at their most: a deployment starts as many tasks again before it stops the old ones. */
const virtualCpus = ({ gateway, sigfoxDoor }: Stage) => {
  const services = sigfoxDoor === 'container' ? 2 : 1
  return (2 * services * gateway.maxTasks * gateway.cpuUnits) / 1_024
}

/** What a stage takes of the quotas of its account and region. */
export const quotasNeeded = (stage: Stage) => ({
  /** Lambda concurrency that it reserves; the account must keep 100 beside it. */
  reservedConcurrency: concurrencyNeeded(stage).reserved,
  virtualCpus: virtualCpus(stage),
  /** One in each zone, for the load balancer. */
  elasticIps: 2,
  networks: stage.database.existing ? 0 : 1,
})

/** Service-linked roles that a stage needs before its first deployment, by the service that owns them. */
export const serviceRoles = ({ gateway }: Stage): { readonly role: string; readonly service: string }[] => [
  { role: 'AWSServiceRoleForECS', service: 'ecs.amazonaws.com' },
  { role: 'AWSServiceRoleForElasticLoadBalancing', service: 'elasticloadbalancing.amazonaws.com' },
  { role: 'AWSServiceRoleForRDS', service: 'rds.amazonaws.com' },
  ...(gateway.maxTasks > gateway.minTasks
    ? [
        {
          role: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
          service: 'ecs.application-autoscaling.amazonaws.com',
        },
      ]
    : []),
]
