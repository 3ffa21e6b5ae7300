import { type ISecurityGroup, type IVpc, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnDBInstance, CfnDBParameterGroup, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds'
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { ExistingDatabase, Stage } from '../stage/stage.ts'
import type { Network } from './network.ts'

/** The owner makes tables and roles, the app and the operator read and write rows, the reader only reads. */
export type DatabaseUser = 'sluice_owner' | 'sluice_app' | 'sluice_operator' | 'sluice_reader'

/** Everything a function needs to connect as one user. */
export interface DatabaseAccess {
  vpc: IVpc
  clients: SecurityGroup[]
  environment: Record<string, string>
  statement: PolicyStatement
}

const name = 'sluice'
const defaultPort = 5432
const owner: DatabaseUser = 'sluice_owner'

/** What the rest of the template needs to know of an instance. */
interface Instance {
  id: string
  host: string
  port: string
  signIn: ExistingDatabase['signIn']
}

/**
 * PostgreSQL on RDS, made here or existing. Every user of an instance made here, its owner included, signs in with an IAM
 * token that the function signs itself, so there is no password to keep, rotate or leak. An L1 resource, because the L2
 * construct requires a password.
 */
export class Database extends Construct {
  private readonly vpc: IVpc
  private readonly instance: Instance
  private readonly clients: SecurityGroup[]

  constructor(scope: Construct, id: string, { stage, network }: { stage: Stage; network: Network }) {
    super(scope, id)
    const { existing } = stage.database
    const { vpc, secretsClients } = network
    this.vpc = vpc
    const server = existing
      ? SecurityGroup.fromSecurityGroupId(this, 'Server', existing.securityGroupId)
      : new SecurityGroup(this, 'Server', { vpc, description: 'PostgreSQL', allowAllOutbound: false })
    const port = Port.tcp(existing?.port ?? defaultPort)
    const clients = new SecurityGroup(this, 'Clients', {
      vpc,
      description: 'May reach PostgreSQL',
      allowAllOutbound: false,
    })
    server.connections.allowFrom(clients, port, 'PostgreSQL')
    clients.connections.allowTo(server, port, 'PostgreSQL')
    this.clients = secretsClients ? [clients, secretsClients] : [clients]
    this.instance = existing
      ? { ...existing, id: existing.instanceId, port: String(existing.port) }
      : this.make(stage, server)
  }

  private make(stage: Stage, server: ISecurityGroup): Instance {
    const { instanceClass, storageGiB, maxStorageGiB, multiAz, backupDays } = stage.database
    const parameters = new CfnDBParameterGroup(this, 'Parameters', {
      description: 'Sluice',
      family: 'postgres18',
      parameters: { 'rds.force_ssl': '1' },
    })
    const subnets = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: 'Sluice',
      subnetIds: this.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    })
    const instance = new CfnDBInstance(this, 'Instance', {
      engine: 'postgres',
      engineVersion: '18',
      autoMinorVersionUpgrade: true,
      dbInstanceClass: `db.${instanceClass}`,
      dbName: name,
      port: String(defaultPort),
      masterUsername: owner,
      masterUserAuthenticationType: 'iam-db-auth',
      enableIamDatabaseAuthentication: true,
      allocatedStorage: String(storageGiB),
      maxAllocatedStorage: maxStorageGiB,
      storageType: 'gp3',
      storageEncrypted: true,
      multiAz,
      publiclyAccessible: false,
      backupRetentionPeriod: backupDays,
      copyTagsToSnapshot: true,
      deletionProtection: stage.protected,
      dbParameterGroupName: parameters.ref,
      dbSubnetGroupName: subnets.ref,
      vpcSecurityGroups: [server.securityGroupId],
    })
    instance.applyRemovalPolicy(stage.keepData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY)
    return {
      id: instance.ref,
      host: instance.attrEndpointAddress,
      port: instance.attrEndpointPort,
      signIn: { resourceId: instance.attrDbiResourceId },
    }
  }

  get instanceId() {
    return this.instance.id
  }

  /** Access as one user, to pass to a function. */
  as(user: DatabaseUser): DatabaseAccess {
    const { host, port, signIn } = this.instance
    return {
      vpc: this.vpc,
      clients: this.clients,
      environment: {
        [setting.databaseHost]: host,
        [setting.databasePort]: port,
        [setting.databaseName]: name,
        [setting.databaseUser]: user,
        ...('secretArn' in signIn && { [setting.databaseSecretArn]: signIn.secretArn }),
        // RDS's certificate authorities, which Node does not ship. Without them TLS verification fails.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
      statement: 'secretArn' in signIn ? readSecret(signIn.secretArn) : this.signInAs(user, signIn.resourceId),
    }
  }

  private signInAs(user: DatabaseUser, resourceId: string) {
    return new PolicyStatement({
      actions: ['rds-db:connect'],
      resources: [
        Stack.of(this).formatArn({
          service: 'rds-db',
          resource: 'dbuser',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resourceName: `${resourceId}/${user}`,
        }),
      ],
    })
  }
}

const readSecret = (arn: string) =>
  new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [arn] })
