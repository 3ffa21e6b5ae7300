import { CfnSecurityGroupEgress, CfnSecurityGroupIngress, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { behindBalancer, type Door, type GatewayProps, healthPort } from './door.ts'

/**
 * The security group of the tasks, and the rules that open the load balancer to them. Every rule is explicit, because the
 * library alone would leave both groups closed and nothing would arrive.
 */
export const taskGroup = (scope: Construct, { network, frontDoor }: GatewayProps, door: Door) => {
  const { senders, publicPort, port, transport } = door
  const { ip: ipProtocol, port: portOf } = behindBalancer[transport.name]
  const tasks = new SecurityGroup(scope, 'TaskGroup', {
    vpc: network.vpc,
    description: `${senders}: tasks`,
    allowAllOutbound: false,
  })
  // Only by way of the load balancer. The rule holds for UDP too, whose datagrams keep the device's own address (Elastic
  // Load Balancing, network load balancers, security groups).
  tasks.addIngressRule(frontDoor.group, portOf(port), senders)
  tasks.addIngressRule(frontDoor.group, Port.tcp(healthPort), 'Health check')
  tasks.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Image, logs, secret and bus')

  // The rules belong to this stack, so that the load balancer closes when the door is removed. L1 resources, because the
  // L2 group would see rules in another stack, state none itself, and a group without rules lets everything out.
  const balancer = (at: number) => ({ fromPort: at, toPort: at, groupId: frontDoor.group.securityGroupId })
  const to = { description: senders, destinationSecurityGroupId: tasks.securityGroupId }
  new CfnSecurityGroupIngress(scope, 'Open', {
    ...balancer(publicPort),
    ipProtocol,
    cidrIp: '0.0.0.0/0',
    description: senders,
  })
  new CfnSecurityGroupEgress(scope, 'HandOn', { ...balancer(port), ipProtocol, ...to })
  new CfnSecurityGroupEgress(scope, 'CheckHealth', { ...balancer(healthPort), ipProtocol: 'tcp', ...to })
  return tasks
}
