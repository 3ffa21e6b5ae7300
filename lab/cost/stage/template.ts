import { setting } from '../../../contract/settings.ts'
import { type Deployment, packBytesOf, type WorkerSettings } from '../model/deployment.ts'
import { CostFault } from '../model/fault.ts'

interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: the properties of a template have no types
  readonly Properties?: any
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
}

/** Types that are billed here or cost nothing. Any other type is named in the notes of the bill. */
const known =
  /^(AWS::(IAM|ApplicationAutoScaling::.*|EC2::(VPC|VPCEndpoint|Subnet.*|Route.*|InternetGateway|VPCGatewayAttachment|SecurityGroup.*|NatGateway|EIP)|ECS::.*|Lambda::.*|SQS::.*|Kinesis::Stream|S3::(Bucket|BucketPolicy)|Logs::(LogGroup|MetricFilter)|ApiGatewayV2::.*|ElasticLoadBalancingV2::.*|SecretsManager::(Secret|ResourcePolicy)|RDS::(EventSubscription|DBInstance|DBParameterGroup|DBSubnetGroup)|CloudWatch::(Alarm|Dashboard)|SNS::.*|Events::Rule|CDK::Metadata)|Custom::)/

/** Looks up resources in the templates of a stage, and names a missing one. */
const openTemplates = (name: string, templates: readonly Template[]) => {
  const all = templates.flatMap(({ Resources }) => Object.entries(Resources))
  const of = (type: string) => all.filter(([, { Type }]) => Type === type)
  const one = (what: string, found: readonly [string, Resource][]) => {
    const [first] = found
    if (!first) throw new CostFault(`The template of stage "${name}" has no ${what}, so there is nothing to price.`)
    return { id: first[0], properties: first[1].Properties ?? {} }
  }
  const functionsWith = (variable: string) =>
    of('AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.Environment?.Variables?.[variable] !== undefined,
    )
  return { all, of, one, functionsWith }
}

type Opened = ReturnType<typeof openTemplates>

/** The settings of a worker. Both lanes must share them, or one of them would be priced wrongly. */
const workerOf = (
  { of, one, functionsWith }: Opened,
  what: string,
  variable: string,
  shards: Deployment['shards'],
): WorkerSettings => {
  // the operations function decodes too, but serves no lane
  const ofLanes = functionsWith(variable).filter(([, { Properties }]) => Properties.Environment.Variables[setting.lane])
  const settings = ofLanes.map(([id, { Properties }]): WorkerSettings => {
    const mapping = one(
      `event source mapping of the ${what}`,
      of('AWS::Lambda::EventSourceMapping').filter(([, each]) => each.Properties.FunctionName?.Ref === id),
    ).properties
    return {
      batchSize: mapping.BatchSize,
      windowSeconds: mapping.MaximumBatchingWindowInSeconds ?? 0,
      maxConcurrency:
        mapping.ScalingConfig?.MaximumConcurrency ??
        Properties.ReservedConcurrentExecutions ??
        (mapping.ParallelizationFactor ?? 1) * (typeof shards === 'number' ? shards : 1),
      memoryMiB: Properties.MemorySize,
    }
  })
  const [first] = settings
  if (!first) throw new CostFault(`The template has no ${what}, so there is nothing to price.`)
  if (settings.some((other) => JSON.stringify(other) !== JSON.stringify(first)))
    throw new CostFault(`The ${what}s of the lanes differ in the template; this model prices them alike.`)
  return first
}

const busOf = ({ of }: Opened): Pick<Deployment, 'bus' | 'shards' | 'streamRetentionDays' | 'packBytes'> => {
  const [stream] = of('AWS::Kinesis::Stream').map(([, { Properties }]) => Properties)
  if (!stream) return { bus: 'sqs', shards: null, streamRetentionDays: 0, packBytes: packBytesOf.sqs }
  return {
    bus: 'kinesis',
    shards: stream.StreamModeDetails?.StreamMode === 'ON_DEMAND' ? 'on-demand' : stream.ShardCount,
    streamRetentionDays: (stream.RetentionPeriodHours ?? 24) / 24,
    packBytes: packBytesOf.kinesis,
  }
}

/** The number of tasks. For a service that scales, the minimum. */
const fewestTasks = ({ of }: Opened, desired: unknown) =>
  Number(desired ?? of('AWS::ApplicationAutoScaling::ScalableTarget')[0]?.[1].Properties.MinCapacity ?? 1)

const gatewayOf = (opened: Opened): Deployment['gateway'] => {
  const { of, one } = opened
  const task = one('task definition', of('AWS::ECS::TaskDefinition')).properties
  const service = one('container service', of('AWS::ECS::Service')).properties
  const environment: { Name: string; Value: string }[] = task.ContainerDefinitions[0].Environment
  const linger = environment.find(({ Name }) => Name === setting.lingerMilliseconds)?.Value
  if (linger === undefined) throw new CostFault(`The gateway's container has no ${setting.lingerMilliseconds}.`)
  return {
    tasks: fewestTasks(opened, service.DesiredCount),
    cpuUnits: Number(task.Cpu),
    memoryMiB: Number(task.Memory),
    lingerMilliseconds: Number(linger),
    publicAddresses: service.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp === 'ENABLED',
  }
}

/** A function behind API Gateway. Without one, a container behind a listener with a certificate. */
const sigfoxDoorOf = ({
  of,
  one,
  functionsWith,
}: Opened): Pick<Deployment, 'sigfoxDoor' | 'callbackMemoryMiB' | 'requestsPerSecond'> => {
  const [callback] = functionsWith(setting.sigfoxBatchColumns)
  if (!callback) {
    const tls = of('AWS::ElasticLoadBalancingV2::Listener').filter(([, each]) => each.Properties.Protocol === 'TLS')
    one('Sigfox door', tls)
    return { sigfoxDoor: 'container', callbackMemoryMiB: 0, requestsPerSecond: 0 }
  }
  const { RouteSettings: routes = {} } = one('HTTP stage', of('AWS::ApiGatewayV2::Stage')).properties
  const limits = Object.entries<{ ThrottlingRateLimit?: number }>(routes).filter(([route]) => /^POST /.test(route))
  return {
    sigfoxDoor: 'function',
    callbackMemoryMiB: callback[1].Properties.MemorySize,
    requestsPerSecond: limits[0]?.[1].ThrottlingRateLimit ?? 10_000,
  }
}

const databaseOf = ({ of, one }: Opened): Deployment['database'] => {
  const instance = one('database', of('AWS::RDS::DBInstance')).properties
  return {
    instanceClass: String(instance.DBInstanceClass).replace(/^db\./, ''),
    storageGiB: Number(instance.AllocatedStorage),
    multiAz: instance.MultiAZ === true,
  }
}

interface ScalingPolicy {
  TargetTrackingScalingPolicyConfiguration?: {
    CustomizedMetricSpecification?: { Metrics?: { MetricStat?: unknown }[] }
  }
}

/** A scaling policy creates an alarm above its target and one below. Each is billed by the metrics that it watches. */
const scalingAlarmsOf = ({ of }: Opened) =>
  of('AWS::ApplicationAutoScaling::ScalingPolicy').reduce((count, [, { Properties }]) => {
    const { TargetTrackingScalingPolicyConfiguration: tracking }: ScalingPolicy = Properties
    return count + 2 * watched(tracking?.CustomizedMetricSpecification ?? {})
  }, 0)

/** Metrics of one alarm. An expression has several. */
const watched = ({ Metrics }: { Metrics?: { MetricStat?: unknown }[] }) =>
  Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1

const longestRetention = ({ of }: Opened) =>
  of('AWS::Logs::LogGroup').reduce((days, [, { Properties }]) => Math.max(days, Properties.RetentionInDays ?? 3_653), 0)

/** What the templates of a stage deploy. @throws CostFault if something that the bill needs is missing */
export const readTemplates = (name: string, templates: readonly Template[]): Deployment => {
  const opened = openTemplates(name, templates)
  const { all, of, one, functionsWith } = opened
  const bus = busOf(opened)
  const scalingAlarms = scalingAlarmsOf(opened)
  const upkeep = one('upkeep function', functionsWith(setting.partitionDaysBack)).properties
  const interfaces = of('AWS::EC2::VPCEndpoint').filter(([, each]) => each.Properties.VpcEndpointType === 'Interface')
  return {
    name,
    notDeployable: null,
    ...bus,
    ...sigfoxDoorOf(opened),
    gateway: gatewayOf(opened),
    raw: workerOf(opened, 'raw worker', setting.pulseTopicUrl, bus.shards),
    pulse: workerOf(opened, 'pulse worker', setting.defaultProfile, bus.shards),
    database: databaseOf(opened),
    rawRetentionDays: Number(upkeep.Environment.Variables[setting.partitionDaysBack]),
    logRetentionDays: longestRetention(opened),
    balancerZones: one('load balancer', of('AWS::ElasticLoadBalancingV2::LoadBalancer')).properties.SubnetMappings
      .length,
    endpointInterfaces: interfaces.reduce((count, [, { Properties }]) => count + Properties.SubnetIds.length, 0),
    natGateways: of('AWS::EC2::NatGateway').length,
    secrets: of('AWS::SecretsManager::Secret').length,
    alarms:
      scalingAlarms +
      of('AWS::CloudWatch::Alarm').reduce((count, [, { Properties }]) => count + watched(Properties), 0),
    scalingAlarms,
    silenceAlarms: of('AWS::CloudWatch::Alarm').filter(([, each]) => /Nothing from/.test(each.Properties.AlarmName))
      .length,
    measuringWorkers: functionsWith(setting.metricsNamespace).length,
    measuringGateways: of('AWS::ECS::TaskDefinition').filter(([, each]) =>
      JSON.stringify(each.Properties.ContainerDefinitions).includes(setting.metricsNamespace),
    ).length,
    accessLog: one('HTTP stage', of('AWS::ApiGatewayV2::Stage')).properties.AccessLogSettings !== undefined,
    logMetrics: of('AWS::Logs::MetricFilter').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    countingMappings: of('AWS::Lambda::EventSourceMapping').filter(([, each]) => each.Properties.MetricsConfig).length,
    images: of('AWS::ECS::TaskDefinition').length,
    unpriced: [...new Set(all.map(([, { Type }]) => Type).filter((type) => !known.test(type)))].sort(),
  }
}
