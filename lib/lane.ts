import { MetricType } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { setting } from '../core/settings.ts'
import type { LaneTopics } from './data-stack.ts'
import type { Database } from './database.ts'
import { Handler } from './handler.ts'
import type { Network } from './network.ts'
import type { Stage, Worker } from './stage.ts'
import type { Topic } from './topic.ts'

export interface LaneProps {
  stage: Stage
  lane: 'sigfox' | 'nbiot'
  topics: LaneTopics
  database: Database
  network: Network
  /** Profile of devices that the registry does not know; empty for none. */
  defaultProfile: string
}

/** What follows a door: the raw worker, which stores and passes on, and the pulse worker, which makes readings. */
export class Lane extends Construct {
  constructor(scope: Construct, id: string, { stage, lane, topics, database, network, defaultProfile }: LaneProps) {
    super(scope, id)
    const access = database.as('sluice_app')

    const raw = new Handler(this, 'RawWorker', {
      stage,
      entry: 'lambdas/raw-worker.ts',
      memoryMiB: stage.raw.memoryMiB,
      timeoutSeconds: stage.raw.timeoutSeconds,
      environment: { [setting.lane]: lane, [setting.pulseTopicUrl]: topics.pulse.queue.queueUrl },
      database: access,
      securityGroups: [network.busClients],
    })
    topics.pulse.queue.grantSendMessages(raw)
    this.read(topics.raw, raw, stage.raw)

    const pulse = new Handler(this, 'PulseWorker', {
      stage,
      entry: 'lambdas/pulse-worker.ts',
      memoryMiB: stage.pulse.memoryMiB,
      timeoutSeconds: stage.pulse.timeoutSeconds,
      environment: { [setting.lane]: lane, [setting.defaultProfile]: defaultProfile },
      database: access,
    })
    this.read(topics.pulse, pulse, stage.pulse)
  }

  private read(topic: Topic, worker: Handler, { batchSize, windowSeconds, maxConcurrency }: Worker) {
    worker.addEventSource(
      new SqsEventSource(topic.queue, {
        batchSize,
        maxBatchingWindow: Duration.seconds(windowSeconds),
        maxConcurrency,
        reportBatchItemFailures: true,
        // Polled, failed and dropped records; off unless asked for.
        metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
      }),
    )
  }
}
