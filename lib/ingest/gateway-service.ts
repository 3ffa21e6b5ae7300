import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import {
  type INetworkLoadBalancer,
  ListenerCertificate,
  NetworkListener,
  type NetworkLoadBalancer,
  type NetworkTargetGroup,
  Protocol,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { LaneName } from '../data/topic.ts'
import { behindBalancer, type Door, type GatewayProps, healthPort } from './door.ts'
import { taskGroup } from './gateway-access.ts'
import { scale } from './gateway-scaling.ts'
import { gatewayTasks } from './gateway-tasks.ts'

/** A gateway, the container form of a door: a listener of the load balancer with Fargate tasks behind it. */
export abstract class GatewayService extends Construct {
  readonly lane: LaneName
  readonly title: string
  readonly otherwise: string
  readonly balancer: NetworkLoadBalancer
  readonly targets: NetworkTargetGroup
  readonly service: FargateService

  constructor(scope: Construct, id: string, props: GatewayProps, door: Door) {
    super(scope, id)
    const { stage, frontDoor } = props
    this.lane = door.lane
    this.title = door.title
    this.otherwise = door.otherwise
    this.service = gatewayTasks(this, props, door, taskGroup(this, props, door))
    this.balancer = frontDoor.balancer
    this.targets = targets(listener(this, this.balancer, door), this.service, door)
    const { minTasks, maxTasks } = stage.gateway
    if (maxTasks > minTasks) {
      const { balancer, targets } = this
      scale(this, this.service, { stage, transport: door.transport.name, balancer, targets })
    }
  }
}

/** Belongs to this stack, unlike its load balancer. Cast to the interface because of exactOptionalPropertyTypes. */
const listener = (scope: Construct, balancer: NetworkLoadBalancer, { publicPort: port, transport }: Door) => {
  const loadBalancer = balancer as INetworkLoadBalancer
  if (transport.name === 'UDP')
    return new NetworkListener(scope, 'Listener', { loadBalancer, port, protocol: Protocol.UDP })
  return new NetworkListener(scope, 'Listener', {
    loadBalancer,
    port,
    protocol: Protocol.TLS,
    certificates: [ListenerCertificate.fromArn(transport.certificateArn)],
    // TLS 1.3, and TLS 1.2 only with forward secrecy and authenticated encryption.
    sslPolicy: SslPolicy.TLS13_RES,
  })
}

const targets = (listener: NetworkListener, service: FargateService, { port, transport }: Door) => {
  const { target: protocol, task } = behindBalancer[transport.name]
  return listener.addTargets('Tasks', {
    port,
    protocol,
    // UDP always preserves the client's address. With TLS, preserving it would open the tasks to every address.
    ...(transport.name === 'TLS' && { preserveClientIp: false }),
    targets: [service.loadBalancerTarget({ containerName: 'gateway', containerPort: port, protocol: task })],
    // UDP has no health check of its own; the health port says whether the gateway can publish.
    healthCheck: {
      protocol: Protocol.HTTP,
      port: String(healthPort),
      path: '/healthz',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
    },
    // A UDP flow lives for 120 s after its last datagram.
    deregistrationDelay: Duration.seconds(120),
  })
}
