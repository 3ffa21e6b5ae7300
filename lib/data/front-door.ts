import { CfnEIP, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { CfnOutput, Fn } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import type { Network } from './network.ts'

/**
 * The address of the fleet: one load balancer with a fixed IPv4 address in each zone (3.65 $ a month each, no more than a
 * changing one). It is in the data stack because meters have the address in their firmware. Listeners, targets and the
 * rules that open it belong to the gateways. IPv4 only: docs/adr/0009-stacks.md.
 */
export class FrontDoor extends Construct {
  readonly balancer: NetworkLoadBalancer
  readonly group: SecurityGroup

  constructor(scope: Construct, id: string, { stage, network: { vpc } }: { stage: Stage; network: Network }) {
    super(scope, id)
    this.group = new SecurityGroup(this, 'Group', {
      vpc,
      description: 'Load balancer: closed but for what a door opens',
      allowAllOutbound: false,
    })
    const addresses = vpc.publicSubnets.map((_, i) => {
      const address = new CfnEIP(this, `Address${i + 1}`, { domain: 'vpc' })
      address.applyRemovalPolicy(removal(stage))
      address.node.addDependency(vpc.internetConnectivityEstablished)
      return address
    })
    this.balancer = new NetworkLoadBalancer(this, 'Balancer', {
      vpc,
      internetFacing: true,
      subnetMappings: vpc.publicSubnets.map((subnet, i) => ({
        subnet,
        ...(addresses[i] && { allocationId: addresses[i].attrAllocationId }),
      })),
      securityGroups: [this.group],
      // Without it, a zone that has lost its only task would swallow what arrives at its address.
      crossZoneEnabled: true,
      deletionProtection: stage.protected,
    })
    new CfnOutput(this, 'Name', { value: this.balancer.loadBalancerDnsName })
    new CfnOutput(this, 'Addresses', {
      value: Fn.join(
        ' ',
        addresses.map(({ ref }) => ref),
      ),
    })
  }
}
