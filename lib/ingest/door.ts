import { Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { type ICluster, Protocol as TaskProtocol } from 'aws-cdk-lib/aws-ecs'
import { Protocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { FrontDoor } from '../data/front-door.ts'
import type { Network } from '../data/network.ts'
import type { LaneName, Topic } from '../data/topic.ts'
import type { Stage } from '../stage/stage.ts'
import type { GatewayRoom } from './gateway-image.ts'

/** What the template hands to each gateway. */
export interface GatewayProps {
  stage: Stage
  network: Network
  frontDoor: FrontDoor
  cluster: ICluster
  rawTopic: Topic
}

/** What makes one gateway differ from another. */
export interface Door {
  room: GatewayRoom
  lane: LaneName
  /** What people call it: its name in alarms and graphs. */
  title: string
  /** What becomes of a message that it cannot take, as the end of a sentence. */
  otherwise: string
  /** Who sends to it, for the descriptions of security groups. */
  senders: string
  /** UDP: the load balancer passes datagrams on. TLS: it terminates TLS and speaks TCP to the tasks. */
  transport: { readonly name: 'UDP' } | { readonly name: 'TLS'; readonly certificateArn: string }
  /** The port of the load balancer. */
  publicPort: number
  /** The port of the container. */
  port: number
  environment: Record<string, string>
  /** Security groups of the tasks, beside their own. */
  groups?: SecurityGroup[]
}

/** The protocol between load balancer and tasks, as each part of AWS calls it. */
export const behindBalancer = {
  UDP: { target: Protocol.UDP, task: TaskProtocol.UDP, ip: 'udp', port: Port.udp },
  TLS: { target: Protocol.TCP, task: TaskProtocol.TCP, ip: 'tcp', port: Port.tcp },
} as const

/** Where the load balancer asks each task whether it can publish. */
export const healthPort = 8080
