import type { InstanceClass } from '../../../lib/stage/sizes.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { isBurstable } from '../../../lib/watch/database.ts'
import { type Deployment, packBytesOf } from '../model/deployment.ts'

/** As `lib/data/stream-topic.ts` sets it in every stage. */
export const streamRetentionDays = 7

/** Only a burstable class has CPU credits to watch. */
const creditAlarms = (instanceClass: string) => Number(isBurstable(instanceClass as InstanceClass))

/** Metrics that the alarms of `lib/ingest/gateway-scaling.ts` watch: two of CPU, and two of flows a task (two metrics each). */
const scalingAlarmsOfAService = 6

/**
 * The deployment of another stage literal. It starts from one whose template was read, and replaces what a literal decides.
 * The rest is the same in every stage. A test compares this with the template of each stage of `bin/`.
 */
export const withStage = (read: Deployment, stage: Stage): Deployment => {
  const { minTasks, maxTasks, cpuUnits, memoryMiB, lingerMilliseconds } = stage.gateway
  const worker = ({ batchSize, windowSeconds, maxConcurrency, memoryMiB }: Stage['raw']) => ({
    batchSize,
    windowSeconds,
    maxConcurrency,
    memoryMiB,
  })
  const { instanceClass, storageGiB, multiAz } = stage.database
  const services = stage.sigfoxDoor === 'container' ? 2 : 1
  const scalingAlarms = maxTasks > minTasks ? services * scalingAlarmsOfAService : 0
  const silenceAlarms = stage.watch.silenceHours > 0 ? 2 : 0
  return {
    ...read,
    name: stage.name,
    bus: stage.bus,
    packBytes: packBytesOf[stage.bus],
    shards: stage.bus === 'kinesis' ? stage.shards : null,
    streamRetentionDays: stage.bus === 'kinesis' ? streamRetentionDays : 0,
    requestsPerSecond: stage.throttle.callbacks.requestsPerSecond,
    gateway: { ...read.gateway, tasks: minTasks, cpuUnits, memoryMiB, lingerMilliseconds },
    raw: worker(stage.raw),
    pulse: worker(stage.pulse),
    database: { instanceClass, storageGiB, multiAz },
    rawRetentionDays: stage.rawRetentionDays,
    logRetentionDays: stage.logRetentionDays,
    alarms:
      read.alarms -
      read.silenceAlarms -
      read.scalingAlarms -
      creditAlarms(read.database.instanceClass) +
      silenceAlarms +
      scalingAlarms +
      creditAlarms(instanceClass),
    silenceAlarms,
    scalingAlarms,
    endpointInterfaces: multiAz ? 2 : 1,
  }
}
