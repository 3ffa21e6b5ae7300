import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis'
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import type { Topic } from './topic.ts'

/** A topic as a stream. It has no dead letters: what cannot be read is put aside by the worker, and the rest waits. */
export class StreamTopic extends Construct implements Topic {
  readonly stream: Stream
  private readonly shards: Stage['shards']
  private readonly undelivered: Bucket

  constructor(scope: Construct, id: string, { stage, undelivered }: { stage: Stage; undelivered: Bucket }) {
    super(scope, id)
    this.shards = stage.shards
    this.undelivered = undelivered
    this.stream = new Stream(this, 'Stream', {
      ...(stage.shards === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: stage.shards }),
      // How long a worker may be away. The default of one day is shorter than a long weekend.
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

  /** The plain resource: the higher-level one cannot say that records never grow too old, and grants far more. */
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
      // Batches of one shard that are worked on at once; what has the same key stays in order.
      parallelizationFactor: this.shards === 'on-demand' ? 1 : maxConcurrency / this.shards,
      // From the first record on, also where the mapping is made anew: everything that reads here is idempotent.
      startingPosition: 'TRIM_HORIZON',
      functionResponseTypes: ['ReportBatchItemFailures'],
      bisectBatchOnFunctionError: true,
      // Never given up: workers put aside what is at fault, so what fails is an outage, however long it takes.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: -1,
      // The net below: S3 gets the records themselves, a queue would get only their numbers.
      destinationConfig: { onFailure: { destination: bucketArn } },
      metricsConfig: { metrics: ['EventCount'] },
    })
    return mapping.ref
  }
}
