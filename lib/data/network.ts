import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { Stage } from '../stage/stage.ts'

/** The service behind the bus, for those who reach it from inside the network. */
const busEndpoint = {
  sqs: InterfaceVpcEndpointAwsService.SQS,
  kinesis: InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
} satisfies Record<Stage['bus'], InterfaceVpcEndpointAwsService>

interface Endpoint {
  stage: Stage
  service: InterfaceVpcEndpointAwsService
  /** Security group of the endpoint, where the network has it already. */
  groupId: string | null | undefined
}

/**
 * Two zones without a NAT gateway (33 $ a month each, and a price on every byte). Public subnets hold the load balancer
 * and the gateway tasks, which have addresses of their own (3.65 $ a month each); isolated subnets hold the database
 * and every function that connects to it.
 */
export class Network extends Construct {
  readonly vpc: IVpc
  /** Members may reach the bus through its endpoint. Handed out: a rule made elsewhere would tie the stacks in a circle. */
  readonly busClients: SecurityGroup
  /** The same for Secrets Manager; null where the database has no password. */
  readonly secretsClients: SecurityGroup | null

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id)
    const { existing } = stage.database
    this.vpc = existing
      ? Vpc.fromVpcAttributes(this, 'Vpc', {
          vpcId: existing.network.vpcId,
          availabilityZones: existing.network.zones,
          publicSubnetIds: existing.network.publicSubnetIds,
          isolatedSubnetIds: existing.network.privateSubnetIds,
        })
      : ownVpc(this)

    this.busClients = this.reach('Bus', 'the bus', 'Publish to the bus', {
      stage,
      service: busEndpoint[stage.bus],
      groupId: existing?.network.busEndpointGroupId,
    })
    const { signIn } = existing ?? {}
    this.secretsClients =
      signIn && 'secretArn' in signIn
        ? this.reach('Secrets', 'Secrets Manager', 'Read a secret', {
            stage,
            service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
            groupId: signIn.secretsEndpointGroupId,
          })
        : null
  }

  /**
   * A group whose members reach a service through its endpoint, which is made where the network has none: 7.30 $ a month
   * and zone; one is enough where the database has one zone as well. The bus has one because raw workers publish from
   * inside, Secrets Manager only where it has the database's password. Nothing else inside calls a service: tokens for the
   * database are signed on the spot, Lambda itself writes logs and what it puts aside. The private DNS name of an endpoint
   * serves the whole VPC: the gateways go through it too, at 0.01 $ a GB.
   */
  private reach(id: 'Bus' | 'Secrets', what: string, purpose: string, { stage, service, groupId }: Endpoint) {
    const { vpc } = this
    const clients = new SecurityGroup(this, `${id}Clients`, {
      vpc,
      description: `May reach ${what}`,
      allowAllOutbound: false,
    })
    const isolated: ISubnet[] = vpc.isolatedSubnets
    const endpoint = groupId
      ? SecurityGroup.fromSecurityGroupId(this, `${id}Endpoint`, groupId)
      : new InterfaceVpcEndpoint(this, `${id}Endpoint`, {
          vpc,
          service,
          subnets: { subnets: stage.database.multiAz ? isolated : isolated.slice(0, 1) },
          securityGroups: [
            new SecurityGroup(this, `${id}EndpointGroup`, {
              vpc,
              description: `Endpoint of ${what}`,
              allowAllOutbound: false,
            }),
          ],
          open: false,
        })
    endpoint.connections.allowFrom(clients, Port.HTTPS, purpose)
    clients.connections.allowTo(endpoint, Port.HTTPS, purpose)
    return clients
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
