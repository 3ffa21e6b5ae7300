import { type IVpc, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnDBInstance, CfnDBParameterGroup, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds'
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { setting } from '../core/settings.ts'
import type { Stage } from './stage.ts'

/** The owner makes tables and roles; the app and the operator read and write rows; the reader only reads. */
export type DatabaseUser = 'sluice_owner' | 'sluice_app' | 'sluice_operator' | 'sluice_reader'

/** All that a function needs to connect as one user. */
export interface DatabaseAccess {
  vpc: IVpc
  clients: SecurityGroup
  environment: Record<string, string>
  statement: PolicyStatement
}

const name = 'sluice'
const port = 5432
const owner: DatabaseUser = 'sluice_owner'

/**
 * PostgreSQL on RDS. Every user, the owner too, signs in with an IAM token signed on the spot, so there is no password
 * to keep, rotate or leak. Written as the plain resource because the higher-level one insists on a password.
 */
export class Database extends Construct {
  private readonly vpc: IVpc
  private readonly instance: CfnDBInstance
  private readonly clients: SecurityGroup

  constructor(scope: Construct, id: string, { stage, vpc }: { stage: Stage; vpc: IVpc }) {
    super(scope, id)
    const { instanceClass, storageGiB, multiAz, backupDays } = stage.database
    this.vpc = vpc
    const server = new SecurityGroup(this, 'Server', { vpc, description: 'PostgreSQL', allowAllOutbound: false })
    this.clients = new SecurityGroup(this, 'Clients', {
      vpc,
      description: 'May reach PostgreSQL',
      allowAllOutbound: false,
    })
    server.connections.allowFrom(this.clients, Port.tcp(port), 'PostgreSQL')
    this.clients.connections.allowTo(server, Port.tcp(port), 'PostgreSQL')

    const parameters = new CfnDBParameterGroup(this, 'Parameters', {
      description: 'Sluice',
      family: 'postgres18',
      parameters: { 'rds.force_ssl': '1' },
    })
    const subnets = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: 'Sluice',
      subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    })
    this.instance = new CfnDBInstance(this, 'Instance', {
      engine: 'postgres',
      engineVersion: '18',
      autoMinorVersionUpgrade: true,
      dbInstanceClass: `db.${instanceClass}`,
      dbName: name,
      port: String(port),
      masterUsername: owner,
      masterUserAuthenticationType: 'iam-db-auth',
      enableIamDatabaseAuthentication: true,
      allocatedStorage: String(storageGiB),
      storageType: 'gp3',
      storageEncrypted: true,
      multiAz,
      publiclyAccessible: false,
      backupRetentionPeriod: backupDays,
      copyTagsToSnapshot: true,
      deletionProtection: stage.keepData,
      dbParameterGroupName: parameters.ref,
      dbSubnetGroupName: subnets.ref,
      vpcSecurityGroups: [server.securityGroupId],
    })
    this.instance.applyRemovalPolicy(stage.keepData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY)
  }

  get instanceId() {
    return this.instance.ref
  }

  /** Access as one user: hand it to a function. */
  as(user: DatabaseUser): DatabaseAccess {
    const { attrEndpointAddress, attrEndpointPort, attrDbiResourceId } = this.instance
    return {
      vpc: this.vpc,
      clients: this.clients,
      environment: {
        [setting.databaseHost]: attrEndpointAddress,
        [setting.databasePort]: attrEndpointPort,
        [setting.databaseName]: name,
        [setting.databaseUser]: user,
        // Certificates of RDS, which Node does not know by itself; without them a checked connection is refused.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
      statement: new PolicyStatement({
        actions: ['rds-db:connect'],
        resources: [
          Stack.of(this).formatArn({
            service: 'rds-db',
            resource: 'dbuser',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            resourceName: `${attrDbiResourceId}/${user}`,
          }),
        ],
      }),
    }
  }
}
