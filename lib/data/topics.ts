import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import { QueueTopic } from './queue-topic.ts'
import { StreamTopic } from './stream-topic.ts'
import type { LaneName, LaneTopics, Topic } from './topic.ts'

const onBus = (scope: Construct, stage: Stage): ((name: string, worker: Worker) => Topic) => {
  if (stage.bus === 'sqs') return (name, worker) => new QueueTopic(scope, name, { stage, worker })
  const undelivered = new Bucket(scope, 'Undelivered', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90) }],
    removalPolicy: removal(stage),
  })
  return (name) => new StreamTopic(scope, name, { stage, undelivered })
}

/** The topics of every lane on the bus of the stage, each sized for the worker that reads it. */
export const topicsOf = (scope: Construct, stage: Stage): Record<LaneName, LaneTopics> => {
  const topic = onBus(scope, stage)
  return {
    sigfox: { raw: topic('ProcessRawDataSigfox', stage.raw), pulse: topic('ProcessPulseDataSigfox', stage.pulse) },
    nbiot: { raw: topic('ProcessRawDataNBIoT', stage.raw), pulse: topic('ProcessPulseDataNBIoT', stage.pulse) },
  }
}
