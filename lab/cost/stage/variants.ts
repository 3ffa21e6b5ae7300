import { type Deployment, packBytesOf } from '../model/deployment.ts'
import { streamRetentionDays } from './literal.ts'

/** A deployment with one thing changed. */
export const variants = {
  kinesis: (from: Deployment): Deployment => ({
    ...from,
    name: `${from.name} on Kinesis`,
    bus: 'kinesis',
    shards: 'as needed',
    streamRetentionDays,
    packBytes: packBytesOf.kinesis,
    // for each topic: a third alarm on lag, and what its mapping dropped or put aside
    alarms: from.alarms + 4 * 3,
  }),
  container: (from: Deployment): Deployment => ({
    ...from,
    name: `${from.name} with a container door`,
    sigfoxDoor: 'container',
    images: from.images + 1,
    measuringGateways: from.measuringGateways + 1,
    // ten of its own replace those of two functions and their log
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
