import {
  InterfaceVpcEndpoint,
  type ISubnet,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import { busEndpoint } from './bus.ts'
import type { Stage } from './stage.ts'

/**
 * Two zones without a NAT gateway (33 $ a month each, and a price on every byte). Public subnets hold the load balancer
 * and the gateway tasks, which have addresses of their own (3.65 $ a month each); isolated subnets hold the database
 * and every function that connects to it.
 */
export class Network extends Construct {
  readonly vpc: IVpc
  /** Members may reach the bus through its endpoint. Handed out: a rule made elsewhere would tie the stacks in a circle. */
  readonly busClients: SecurityGroup

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id)
    const existing = stage.database.existing?.network
    this.vpc = existing
      ? Vpc.fromVpcAttributes(this, 'Vpc', {
          vpcId: existing.vpcId,
          availabilityZones: existing.zones,
          publicSubnetIds: existing.publicSubnetIds,
          isolatedSubnetIds: existing.privateSubnetIds,
        })
      : ownVpc(this)

    this.busClients = new SecurityGroup(this, 'BusClients', {
      vpc: this.vpc,
      description: 'May reach the bus',
      allowAllOutbound: false,
    })
    const endpoint = existing?.busEndpointGroupId
      ? SecurityGroup.fromSecurityGroupId(this, 'BusEndpoint', existing.busEndpointGroupId)
      : this.makeBusEndpoint(stage)
    endpoint.connections.allowFrom(this.busClients, Port.HTTPS, 'Publish to the bus')
    this.busClients.connections.allowTo(endpoint, Port.HTTPS, 'Publish to the bus')
  }

  /**
   * The one endpoint: raw workers publish from inside, and nothing else inside calls a service (tokens for the database are
   * signed on the spot, Lambda itself writes logs and what it puts aside). 7.30 $ a month and zone; one is enough where the
   * database has one zone as well. Its private DNS name serves the whole VPC: the gateways go through it too, at 0.01 $ a GB.
   */
  private makeBusEndpoint(stage: Stage) {
    const isolated: ISubnet[] = this.vpc.isolatedSubnets
    const group = new SecurityGroup(this, 'BusEndpointGroup', {
      vpc: this.vpc,
      description: 'Endpoint of the bus',
      allowAllOutbound: false,
    })
    return new InterfaceVpcEndpoint(this, 'BusEndpoint', {
      vpc: this.vpc,
      service: busEndpoint[stage.bus],
      subnets: { subnets: stage.database.multiAz ? isolated : isolated.slice(0, 1) },
      securityGroups: [group],
      open: false,
    })
  }
}

// Said again as the interface: the class states its optional properties in a way exactOptionalPropertyTypes refuses.
const ownVpc = (scope: Construct) =>
  new Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [
      { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 20 },
      { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
    ],
  }) as IVpc
