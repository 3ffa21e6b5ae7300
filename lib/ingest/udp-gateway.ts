import type { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import { type GatewayProps, GatewayService } from './gateway-service.ts'

const port = 5683

/** The NB-IoT door: one UDP port of the load balancer. */
export class UdpGateway extends GatewayService {
  /** `host:port` for the devices. */
  readonly address: string

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id, props, {
      room: 'udp-gateway',
      name: 'Devices',
      publicPort: port,
      port,
      environment: {
        [setting.udpPort]: String(port),
        // Asked for; what the kernel grants is read back at start, and Fargate's ceiling cannot be raised.
        [setting.receiveBufferBytes]: String(4 * 2 ** 20),
        [setting.rejectsPerSecond]: '10',
      },
    })
    this.address = `${this.balancer.loadBalancerDnsName}:${port}`
  }
}
