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

/** The service of each bus, as its endpoint in the network is called. */
const busEndpoint = {
  sqs: InterfaceVpcEndpointAwsService.SQS,
  kinesis: InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
} satisfies Record<Stage['bus'], InterfaceVpcEndpointAwsService>

interface Endpoint {
  stage: Stage
  service: InterfaceVpcEndpointAwsService
  /** Security group of the endpoint, if the network already has one. */
  groupId: string | null | undefined
}

/**
 * Two zones without a NAT gateway (33 $ a month each, plus a price for every byte). Public subnets hold the load balancer
 * and the gateway tasks, which have public addresses (3.65 $ a month each). Isolated subnets hold the database and the
 * functions that connect to it.
 */
export class Network extends Construct {
  readonly vpc: IVpc
  /** Its members may reach the bus. One group for all: with a rule for each client the stacks would depend on each other. */
  readonly busClients: SecurityGroup
  /** The same for Secrets Manager; null if the database has no password. */
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
   * A group whose members reach a service through its endpoint. If the network has no endpoint, one is made: 7.30 $ a month
   * for each zone, in one zone if the database is in one. The bus needs it because raw workers publish from inside, Secrets
   * Manager only if it holds the database's password. Nothing else inside calls a service: functions sign database tokens
   * themselves, and Lambda itself writes logs and failed records. An endpoint's private DNS name is valid in the whole VPC,
   * so the gateways use it too, at 0.01 $ a GB.
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

// Cast to the interface, because the class declares optional properties in a way that exactOptionalPropertyTypes rejects.
const ownVpc = (scope: Construct) =>
  new Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [
      { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 20 },
      { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
    ],
  }) as IVpc
