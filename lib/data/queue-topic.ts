import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { type Function as LambdaFunction, MetricType } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Stage, Worker } from '../stage/stage.ts'
import type { Topic } from './topic.ts'

/** A retry budget in hours, not in tries: a finite count cannot tell a poisoned pack from a database that is away. */
const retryHours = 6

/** Seconds a pack stays with one invocation: AWS asks for six times the timeout, and the window comes on top. */
const visibilitySeconds = ({ timeoutSeconds, windowSeconds }: Worker) => 6 * timeoutSeconds + windowSeconds

/** How often a pack is tried before it goes to the dead letters. */
export const tries = (worker: Worker) => Math.ceil((retryHours * 3600) / visibilitySeconds(worker))

/** A topic as a queue with its dead letters, sized for the worker that reads it. */
export class QueueTopic extends Construct implements Topic {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { stage, worker }: { stage: Stage; worker: Worker }) {
    super(scope, id)
    const shared = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy: removal(stage) }
    // A dead letter keeps its first enqueue time, so the longest retention leaves ten of the fourteen days.
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
      // Polled, failed and dropped records; off unless asked for.
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    })
    worker.addEventSource(source)
    return source.eventSourceMappingId
  }
}
