import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { setting } from '../../contract/settings.ts'
import type { DatabaseAccess } from '../data/database.ts'
import type { Topic } from '../data/topic.ts'
import { removal } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import { bundle, root } from './bundling.ts'

export interface HandlerProps {
  stage: Stage
  /** What people call it: its name in alarms and graphs. */
  title: string
  /** Path of the entry point from the root of the repository; it exports `handler`. */
  entry: `lambdas/${string}.ts`
  /** A fixed name, where callers must know it. By default CloudFormation makes one. */
  functionName?: string
  memoryMiB: number
  timeoutSeconds: number
  environment?: Partial<Record<(typeof setting)[keyof typeof setting], string>>
  /** Puts the function beside the database. Functions without one stay outside the VPC and can reach every AWS service. */
  database?: DatabaseAccess
  securityGroups?: SecurityGroup[]
  maxConcurrency?: number
  /** Folders of the repository that go beside the code. */
  folders?: string[]
}

/** What a function needs to join a network. EC2 supports no resource-level permission for any of these. */
const networkInterfaces = () =>
  new PolicyStatement({
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  })

/** A Lambda function from one entry point: bundled here by esbuild, never in Docker, with a log group that expires. */
export class Handler extends LambdaFunction {
  readonly title: string
  readonly memoryMiB: number
  readonly timeoutSeconds: number
  /** The event source mapping of the topic that it reads. */
  mappingId: string | null = null
  private publishes = false

  constructor(scope: Construct, id: string, props: HandlerProps) {
    const { stage, entry, functionName, database, maxConcurrency } = props
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: stage.logRetentionDays,
      removalPolicy: removal(stage),
    })
    // Its own role, because the managed policies allow every log group of the account.
    const role = new Role(scope, `${id}ServiceRole`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    if (database) role.addToPolicy(networkInterfaces())
    // CommonJS loads 14 ms sooner than an ES module, and a bundled SDK 10 ms sooner than the one in the runtime.
    const directory = mkdtempSync(join(tmpdir(), 'sluice-function-'))
    const define = { 'import.meta.dirname': '__dirname' }
    bundle(scope, stage, entry, join(directory, 'index.js'), { format: 'cjs', define })
    for (const folder of props.folders ?? []) cpSync(join(root, folder), join(directory, folder), { recursive: true })
    super(scope, id, {
      role,
      code: Code.fromAsset(directory),
      handler: 'index.handler',
      ...(functionName === undefined ? {} : { functionName }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment, ...database?.environment },
      logGroup,
      ...(maxConcurrency === undefined ? {} : { reservedConcurrentExecutions: maxConcurrency }),
      ...(database && {
        vpc: database.vpc,
        vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        securityGroups: [...database.clients, ...(props.securityGroups ?? [])],
        initialPolicy: [database.statement],
      }),
    })
    rmSync(directory, { recursive: true })
    this.title = props.title
    this.memoryMiB = props.memoryMiB
    this.timeoutSeconds = props.timeoutSeconds
  }

  publishTo(topic: Topic) {
    topic.grantPublish(this)
    this.publishes = true
  }

  readFrom(topic: Topic, worker: Worker) {
    this.mappingId = topic.feed(this, worker)
  }

  /** True if it reads one topic and publishes to another. */
  get passesOn() {
    return this.mappingId !== null && this.publishes
  }
}
