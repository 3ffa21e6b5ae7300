import { type SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import {
  Capability,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
  PropagatedTagSource,
  Protocol,
} from 'aws-cdk-lib/aws-ecs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Duration, Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import { metricsNamespace, queueBytes, removal } from '../stage/derived.ts'
import { behindBalancer, type Door, type GatewayProps, healthPort } from './door.ts'
import { gatewayImage } from './gateway-image.ts'

/** One task: the container of a gateway with no privileges and a read-only file system. */
const taskDefinition = (scope: Construct, { stage, rawTopic }: GatewayProps, door: Door) => {
  const { cpuUnits, memoryMiB, lingerMilliseconds, drainSeconds } = stage.gateway
  const task = new FargateTaskDefinition(scope, 'Task', {
    cpu: cpuUnits,
    memoryLimitMiB: memoryMiB,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
  })
  rawTopic.grantPublish(task.taskRole)
  // An init process passes the stop signal on, whatever the gateway's process does. No capability is needed.
  const linuxParameters = new LinuxParameters(scope, 'Linux', { initProcessEnabled: true })
  linuxParameters.dropCapabilities(Capability.ALL)
  task.addContainer('gateway', {
    image: ContainerImage.fromDockerImageAsset(gatewayImage(scope, stage, door.room)),
    user: '10001:10001',
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: LogDriver.awsLogs({
      streamPrefix: 'gateway',
      logGroup: new LogGroup(scope, 'Logs', { retention: stage.logRetentionDays, removalPolicy: removal(stage) }),
    }),
    // The longest that Fargate allows: time to drain, then to publish what is in memory.
    stopTimeout: Duration.seconds(120),
    portMappings: [
      { containerPort: door.port, protocol: behindBalancer[door.transport.name].task },
      { containerPort: healthPort, protocol: Protocol.TCP },
    ],
    environment: {
      AWS_REGION: Stack.of(scope).region,
      [setting.rawTopicUrl]: rawTopic.address,
      [setting.healthPort]: String(healthPort),
      [setting.lingerMilliseconds]: String(lingerMilliseconds),
      [setting.drainSeconds]: String(drainSeconds),
      [setting.queueBytes]: String(queueBytes(stage.gateway)),
      [setting.metricsNamespace]: metricsNamespace(stage),
      ...door.environment,
    },
  })
  return task
}

/** The tasks of a gateway: as many as the stage says, replaced one after the other. */
export const gatewayTasks = (scope: Construct, props: GatewayProps, door: Door, group: SecurityGroup) => {
  const { stage, network, cluster } = props
  const { minTasks, maxTasks } = stage.gateway
  return new FargateService(scope, 'Service', {
    cluster,
    taskDefinition: taskDefinition(scope, props, door),
    // Left out where the service scales: every deployment would reset it to this number.
    ...(minTasks === maxTasks && { desiredCount: minTasks }),
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    // Otherwise the tasks, and with them their cost, have no tag.
    propagateTags: PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
    // Unhealthy means "send me nothing now". ECS would replace an unhealthy task, and so during a bus outage discard the
    // memory that bridges it, task after task. A broken gateway exits, and ECS replaces it then.
    healthCheckGracePeriod: Duration.days(365),
    // A public address instead of a NAT gateway or four interface endpoints: 3.65 $ a month for each task.
    assignPublicIp: true,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    securityGroups: [group, network.busClients, ...(door.groups ?? [])],
  })
}
