import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import { QueueTopic } from './queue-topic.ts'
import { StreamTopic } from './stream-topic.ts'
import type { Topic } from './topic.ts'

/** Makes topics on the bus of the stage, each for the worker that reads it. */
export const topicsOf = (scope: Construct, stage: Stage): ((id: string, worker: Worker) => Topic) => {
  if (stage.bus === 'sqs') return (id, worker) => new QueueTopic(scope, id, { stage, worker })
  const undelivered = new Bucket(scope, 'Undelivered', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90) }],
    removalPolicy: removal(stage),
  })
  return (id) => new StreamTopic(scope, id, { stage, undelivered })
}
