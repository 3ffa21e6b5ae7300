import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { type Function as LambdaFunction, MetricType } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { removal, tries, visibilitySeconds } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import type { Topic } from './topic.ts'

/** A topic as an SQS queue with its dead-letter queue, sized for the worker that reads it. */
export class QueueTopic extends Construct implements Topic {
  readonly name: string
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { stage, worker }: { stage: Stage; worker: Worker }) {
    super(scope, id)
    this.name = id
    const shared = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy: removal(stage) }
    // A dead letter keeps its first enqueue time: after up to four days in the queue, ten of the fourteen are left.
    this.deadLetters = new Queue(this, 'DeadLetters', { ...shared, retentionPeriod: Duration.days(14) })
    this.queue = new Queue(this, 'Queue', {
      ...shared,
      visibilityTimeout: Duration.seconds(visibilitySeconds(worker)),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: tries(worker) },
    })
  }

  get address() {
    return this.queue.queueUrl
  }

  grantPublish(grantee: IGrantable) {
    this.queue.grant(grantee, 'sqs:SendMessage')
  }

  feed(worker: LambdaFunction, { batchSize, windowSeconds, maxConcurrency }: Worker) {
    const source = new SqsEventSource(this.queue, {
      batchSize,
      maxBatchingWindow: Duration.seconds(windowSeconds),
      maxConcurrency,
      reportBatchItemFailures: true,
      // Counts of polled, failed and dropped records; off by default.
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    })
    worker.addEventSource(source)
    return source.eventSourceMappingId
  }
}
