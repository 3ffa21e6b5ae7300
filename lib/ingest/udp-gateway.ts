import type { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { GatewayProps } from './door.ts'
import { GatewayService } from './gateway-service.ts'

const port = 5683

/** The NB-IoT door: one UDP port of the load balancer. */
export class UdpGateway extends GatewayService {
  /** `host:port` that the devices send to. */
  readonly address: string

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id, props, {
      room: 'udp-gateway',
      lane: 'nbiot',
      title: 'UDP gateway',
      otherwise: 'datagrams are lost, because no device is told',
      senders: 'Devices',
      transport: { name: 'UDP' },
      publicPort: port,
      port,
      environment: {
        [setting.udpPort]: String(port),
        // A request: the gateway logs what the kernel grants, and the ceiling on Fargate cannot be raised.
        [setting.receiveBufferBytes]: String(4 * 2 ** 20),
        [setting.rejectsPerSecond]: '10',
      },
    })
    this.address = `${this.balancer.loadBalancerDnsName}:${port}`
  }
}
