import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import {
  Capability,
  Cluster,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
  Protocol as TaskProtocol,
} from 'aws-cdk-lib/aws-ecs'
import { NetworkLoadBalancer, type NetworkTargetGroup, Protocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { buildSync } from 'esbuild'
import { setting } from '../core/settings.ts'
import { conditions, mainFields, metricsNamespace, root } from './handler.ts'
import type { Network } from './network.ts'
import { removal } from './removal.ts'
import type { Stage } from './stage.ts'
import type { Topic } from './topic.ts'

const udpPort = 5683
const healthPort = 8080

export interface UdpGatewayProps {
  stage: Stage
  network: Network
  rawTopic: Topic
}

/** The NB-IoT door: one UDP port on a network load balancer, and Fargate tasks behind it. */
export class UdpGateway extends Construct {
  /** `host:port` for the devices. */
  readonly address: string
  readonly balancer: NetworkLoadBalancer
  readonly targets: NetworkTargetGroup
  readonly service: FargateService

  constructor(scope: Construct, id: string, { stage, network, rawTopic }: UdpGatewayProps) {
    super(scope, id)
    const groups = securityGroups(this, network)
    this.service = fargateService(this, { stage, network, rawTopic }, groups.task)

    this.balancer = new NetworkLoadBalancer(this, 'Balancer', {
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroups: [groups.balancer],
      // Without it, a zone whose only task is away swallows what arrives at its address.
      crossZoneEnabled: true,
      // Devices keep the address it was created with.
      deletionProtection: stage.keepData,
    })
    const listener = this.balancer.addListener('Udp', { port: udpPort, protocol: Protocol.UDP })
    this.targets = listener.addTargets('Tasks', {
      port: udpPort,
      protocol: Protocol.UDP,
      targets: [
        this.service.loadBalancerTarget({
          containerName: 'gateway',
          containerPort: udpPort,
          protocol: TaskProtocol.UDP,
        }),
      ],
      // UDP has no health check of its own; the health port says whether the gateway can publish.
      healthCheck: {
        protocol: Protocol.HTTP,
        port: String(healthPort),
        path: '/healthz',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
      // A flow lives as long as it is used and 120 s more.
      deregistrationDelay: Duration.seconds(120),
    })
    this.address = `${this.balancer.loadBalancerDnsName}:${udpPort}`
  }
}

/** Every rule is written here: by itself the library leaves both groups closed, and no datagram arrives. */
const securityGroups = (scope: Construct, { vpc }: Network) => {
  const group = (id: string, description: string) =>
    new SecurityGroup(scope, id, { vpc, description, allowAllOutbound: false })
  const balancer = group('BalancerGroup', 'UDP gateway: load balancer')
  const task = group('TaskGroup', 'UDP gateway: tasks')
  balancer.addIngressRule(Peer.anyIpv4(), Port.udp(udpPort), 'Devices')
  balancer.addEgressRule(task, Port.udp(udpPort), 'Datagrams')
  balancer.addEgressRule(task, Port.tcp(healthPort), 'Health check')
  // For UDP the device's own address is kept, so the task sees it and not the load balancer's.
  task.addIngressRule(Peer.anyIpv4(), Port.udp(udpPort), 'Devices')
  task.addIngressRule(balancer, Port.tcp(healthPort), 'Health check')
  task.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Image, logs and bus')
  return { balancer, task }
}

const fargateService = (scope: Construct, { stage, network, rawTopic }: UdpGatewayProps, group: SecurityGroup) => {
  const { tasks, cpuUnits, memoryMiB, lingerMilliseconds, drainSeconds } = stage.gateway
  const task = new FargateTaskDefinition(scope, 'Task', {
    cpu: cpuUnits,
    memoryLimitMiB: memoryMiB,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
  })
  rawTopic.grantPublish(task.taskRole)
  // An init hands on the signal to stop, whatever becomes of the first process; nothing needs a privilege or a disk.
  const linuxParameters = new LinuxParameters(scope, 'Linux', { initProcessEnabled: true })
  linuxParameters.dropCapabilities(Capability.ALL)
  task.addContainer('gateway', {
    image: ContainerImage.fromDockerImageAsset(image(scope, stage)),
    user: '10001:10001',
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: LogDriver.awsLogs({
      streamPrefix: 'gateway',
      logGroup: new LogGroup(scope, 'Logs', { retention: stage.logRetentionDays, removalPolicy: removal(stage) }),
    }),
    // The longest that Fargate grants: drain, then publish what is in memory.
    stopTimeout: Duration.seconds(120),
    portMappings: [
      { containerPort: udpPort, protocol: TaskProtocol.UDP },
      { containerPort: healthPort, protocol: TaskProtocol.TCP },
    ],
    environment: {
      AWS_REGION: Stack.of(scope).region,
      [setting.rawTopicUrl]: rawTopic.address,
      [setting.udpPort]: String(udpPort),
      [setting.healthPort]: String(healthPort),
      [setting.lingerMilliseconds]: String(lingerMilliseconds),
      [setting.drainSeconds]: String(drainSeconds),
      // Asked for; what the kernel grants is read back at start, and Fargate's ceiling cannot be raised.
      [setting.receiveBufferBytes]: String(4 * 2 ** 20),
      // A quarter of the task: Node, the SDK and the packs being sent need the rest.
      [setting.queueBytes]: String((memoryMiB / 4) * 2 ** 20),
      [setting.rejectsPerSecond]: '10',
      [setting.metricsNamespace]: metricsNamespace(stage),
    },
  })
  return new FargateService(scope, 'Service', {
    cluster: new Cluster(scope, 'Cluster', { vpc: network.vpc }) as ICluster,
    taskDefinition: task,
    desiredCount: tasks,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    // Red means "send me nothing now". ECS would replace a red task, and while the bus is away, task after task, throw away
    // the memory that bridges the outage. A gateway that is broken ends by itself, and then it is replaced.
    healthCheckGracePeriod: Duration.days(365),
    // A public address instead of a NAT gateway or four interface endpoints: 3.65 $ a month and task.
    assignPublicIp: true,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    securityGroups: [group, network.busClients],
  })
}

/** The image's folder: the Dockerfile and the one file that it copies. Docker builds it when it is deployed, not before. */
const image = (scope: Construct, stage: Stage) => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-gateway-'))
  try {
    copyFileSync(join(root, 'udp-gateway/Dockerfile'), join(directory, 'Dockerfile'))
    if (Stack.of(scope).bundlingRequired) bundle(stage, join(directory, 'gateway.mjs'))
    return new DockerImageAsset(scope, 'Image', { directory, platform: Platform.LINUX_ARM64 })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const bundle = (stage: Stage, outfile: string) =>
  buildSync({
    absWorkingDir: root,
    entryPoints: ['udp-gateway/main.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: conditions(stage),
    mainFields,
    // CommonJS parts of dependencies call require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
