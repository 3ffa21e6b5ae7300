import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis'
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import type { Topic } from './topic.ts'

/** A topic as a Kinesis stream. It has no dead letters: the worker puts aside what it cannot read, and the rest waits. */
export class StreamTopic extends Construct implements Topic {
  readonly name: string
  readonly stream: Stream
  private readonly shards: Stage['shards']
  private readonly undelivered: Bucket

  constructor(scope: Construct, id: string, { stage, undelivered }: { stage: Stage; undelivered: Bucket }) {
    super(scope, id)
    this.name = id
    this.shards = stage.shards
    this.undelivered = undelivered
    this.stream = new Stream(this, 'Stream', {
      ...(stage.shards === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: stage.shards }),
      // How long a worker may be down. The default of one day is shorter than a long weekend.
      retentionPeriod: Duration.days(7),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: removal(stage),
    })
  }

  get address() {
    return this.stream.streamName
  }

  grantPublish(grantee: IGrantable) {
    this.stream.grant(grantee, 'kinesis:PutRecords')
  }

  /** The L1 resource: the L2 construct cannot set "never too old", and grants far more. */
  feed(worker: LambdaFunction, { batchSize, windowSeconds, maxConcurrency }: Worker) {
    this.stream.grant(
      worker,
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    )
    const { bucketArn } = this.undelivered
    worker.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }))
    worker.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [`${bucketArn}/*`] }))
    const mapping = new CfnEventSourceMapping(worker, 'Batches', {
      functionName: worker.functionName,
      eventSourceArn: this.stream.streamArn,
      batchSize,
      maximumBatchingWindowInSeconds: windowSeconds,
      // Batches of one shard in flight at once; records with the same key stay in order.
      parallelizationFactor: this.shards === 'on-demand' ? 1 : maxConcurrency / this.shards,
      // From the first record, even if the mapping is replaced: the workers are idempotent.
      startingPosition: 'TRIM_HORIZON',
      functionResponseTypes: ['ReportBatchItemFailures'],
      bisectBatchOnFunctionError: true,
      // Never give up: workers put faulty packs aside, so a failure is an outage, however long it lasts.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: -1,
      // The safety net: a bucket gets the records themselves, a queue would get only their sequence numbers.
      destinationConfig: { onFailure: { destination: bucketArn } },
      metricsConfig: { metrics: ['EventCount'] },
    })
    return mapping.ref
  }
}
