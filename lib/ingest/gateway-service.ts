import {
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2'
import {
  Capability,
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
import {
  type INetworkLoadBalancer,
  ListenerCertificate,
  NetworkListener,
  type NetworkLoadBalancer,
  type NetworkTargetGroup,
  Protocol,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { FrontDoor } from '../data/front-door.ts'
import type { Network } from '../data/network.ts'
import type { Topic } from '../data/topic.ts'
import { metricsNamespace, removal } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import { type GatewayRoom, gatewayImage } from './gateway-image.ts'
import { scale } from './gateway-scaling.ts'

const healthPort = 8080

export interface GatewayProps {
  stage: Stage
  network: Network
  frontDoor: FrontDoor
  cluster: ICluster
  rawTopic: Topic
}

/** A quarter of the task for what the bus has not taken: Node, the SDK and the packs being sent need the rest. */
export const queueBytes = ({ memoryMiB }: Stage['gateway']) => (memoryMiB / 4) * 2 ** 20

/** What one door that is a container has and the other has not. */
interface Door {
  room: GatewayRoom
  /** For the descriptions of its security groups. */
  name: string
  /** The port of the load balancer, and that of the container. */
  publicPort: number
  port: number
  /** With a certificate the load balancer ends TLS and speaks TCP to the tasks; without one it hands on datagrams. */
  certificateArn?: string
  environment: Record<string, string>
  /** Beside the group of the tasks. */
  groups?: SecurityGroup[]
}

/** A door that is a container: a listener of the load balancer, and Fargate tasks behind it. */
export abstract class GatewayService extends Construct {
  readonly balancer: NetworkLoadBalancer
  readonly targets: NetworkTargetGroup
  readonly service: FargateService

  constructor(scope: Construct, id: string, props: GatewayProps, door: Door) {
    super(scope, id)
    const { stage, frontDoor } = props
    const protocol = door.certificateArn === undefined ? Protocol.UDP : Protocol.TCP
    this.service = fargateService(this, props, door, securityGroup(this, props, door))
    this.balancer = frontDoor.balancer
    this.targets = listener(this, frontDoor, door).addTargets('Tasks', {
      port: door.port,
      protocol,
      // Of UDP it always is. Behind TLS it would open the tasks to every address.
      ...(protocol === Protocol.TCP && { preserveClientIp: false }),
      targets: [
        this.service.loadBalancerTarget({
          containerName: 'gateway',
          containerPort: door.port,
          protocol: protocol === Protocol.UDP ? TaskProtocol.UDP : TaskProtocol.TCP,
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
      // A flow of UDP lives as long as it is used and 120 s more.
      deregistrationDelay: Duration.seconds(120),
    })
    const { minTasks, maxTasks } = stage.gateway
    if (maxTasks > minTasks) {
      const transport = protocol === Protocol.UDP ? 'UDP' : 'TLS'
      scale(this, this.service, { stage, transport, balancer: this.balancer, targets: this.targets })
    }
  }
}

// In this stack, unlike its load balancer. Said again as the interface because of exactOptionalPropertyTypes.
const listener = (scope: Construct, { balancer }: FrontDoor, { publicPort: port, certificateArn }: Door) => {
  const loadBalancer = balancer as INetworkLoadBalancer
  if (certificateArn === undefined)
    return new NetworkListener(scope, 'Listener', { loadBalancer, port, protocol: Protocol.UDP })
  return new NetworkListener(scope, 'Listener', {
    loadBalancer,
    port,
    protocol: Protocol.TLS,
    certificates: [ListenerCertificate.fromArn(certificateArn)],
    // TLS 1.2 and 1.3, and of 1.2 only suites with forward secrecy and authenticated encryption.
    sslPolicy: SslPolicy.TLS13_RES,
  })
}

/** Every rule is written here: by itself the library leaves both groups closed, and nothing arrives. */
const securityGroup = (scope: Construct, { network, frontDoor }: GatewayProps, door: Door) => {
  const { name, publicPort, port, certificateArn } = door
  const ipProtocol = certificateArn === undefined ? 'udp' : 'tcp'
  const container = certificateArn === undefined ? Port.udp(port) : Port.tcp(port)
  const tasks = new SecurityGroup(scope, 'TaskGroup', {
    vpc: network.vpc,
    description: `${name}: tasks`,
    allowAllOutbound: false,
  })
  // For UDP the device's own address is kept, so the task sees it and not the load balancer's.
  tasks.addIngressRule(certificateArn === undefined ? Peer.anyIpv4() : frontDoor.group, container, name)
  tasks.addIngressRule(frontDoor.group, Port.tcp(healthPort), 'Health check')
  tasks.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Image, logs, secret and bus')

  // Of this stack, so that the load balancer is closed again when the door is gone. As plain resources: told of rules in
  // another stack, the higher-level group would state none itself, and without any EC2 lets everything out.
  const rule = (port: number) => ({ fromPort: port, toPort: port, groupId: frontDoor.group.securityGroupId })
  const to = { description: name, destinationSecurityGroupId: tasks.securityGroupId }
  new CfnSecurityGroupIngress(scope, 'Open', {
    ...rule(publicPort),
    ipProtocol,
    cidrIp: '0.0.0.0/0',
    description: name,
  })
  new CfnSecurityGroupEgress(scope, 'HandOn', { ...rule(port), ipProtocol, ...to })
  new CfnSecurityGroupEgress(scope, 'CheckHealth', { ...rule(healthPort), ipProtocol: 'tcp', ...to })
  return tasks
}

const fargateService = (scope: Construct, props: GatewayProps, door: Door, group: SecurityGroup) => {
  const { stage, network, cluster, rawTopic } = props
  const { minTasks, maxTasks, cpuUnits, memoryMiB, lingerMilliseconds, drainSeconds } = stage.gateway
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
    image: ContainerImage.fromDockerImageAsset(gatewayImage(scope, stage, door.room)),
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
      { containerPort: door.port, protocol: door.certificateArn === undefined ? TaskProtocol.UDP : TaskProtocol.TCP },
      { containerPort: healthPort, protocol: TaskProtocol.TCP },
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
  return new FargateService(scope, 'Service', {
    cluster,
    taskDefinition: task,
    // Not said where it is scaled: every deployment would take it back to that number.
    ...(minTasks === maxTasks && { desiredCount: minTasks }),
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    // Red means "send me nothing now". ECS would replace a red task, and while the bus is away, task after task, throw away
    // the memory that bridges the outage. A gateway that is broken ends by itself, and then it is replaced.
    healthCheckGracePeriod: Duration.days(365),
    // A public address instead of a NAT gateway or four interface endpoints: 3.65 $ a month and task.
    assignPublicIp: true,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    securityGroups: [group, network.busClients, ...(door.groups ?? [])],
  })
}
