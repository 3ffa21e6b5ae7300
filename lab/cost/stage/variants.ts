import { type Deployment, packBytesOf } from '../model/deployment.ts'
import { streamRetentionDays } from './literal.ts'

/** One thing of a deployment changed, to see what it costs. */
export const variants = {
  kinesis: (from: Deployment): Deployment => ({
    ...from,
    name: `${from.name} on Kinesis`,
    bus: 'kinesis',
    shards: 'as needed',
    streamRetentionDays,
    packBytes: packBytesOf.kinesis,
    // A third mark of lag for each topic, and what its mapping dropped or put aside.
    alarms: from.alarms + 4 * 3,
  }),
  container: (from: Deployment): Deployment => ({
    ...from,
    name: `${from.name} with a container door`,
    sigfoxDoor: 'container',
    images: from.images + 1,
    measuringGateways: from.measuringGateways + 1,
    // Ten of its own for those of two functions and of their log.
    alarms: from.alarms + 7 + from.scalingAlarms,
    logMetrics: 0,
    scalingAlarms: 2 * from.scalingAlarms,
  }),
  unpacked: (from: Deployment): Deployment => ({
    ...from,
    name: `${from.name}, one message a record`,
    notDeployable: 'for comparison only',
    packBytes: 0,
  }),
  quick: (from: Deployment): Deployment => ({
    ...from,
    name: `${from.name}, linger 20 ms`,
    gateway: { ...from.gateway, lingerMilliseconds: 20 },
  }),
} as const
