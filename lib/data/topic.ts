import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Worker } from '../stage/stage.ts'

/** One protocol, from its door to its readings. */
export const lanes = ['sigfox', 'nbiot'] as const
export type LaneName = (typeof lanes)[number]

/** A topic on either bus: doors and raw workers publish packs to it, one worker reads it. */
export interface Topic {
  /** Its name in the architecture, such as ProcessRawDataSigfox. */
  readonly name: string
  /** What processes get to publish to it; only the adapter of the bus knows what it means. */
  readonly address: string
  readonly grantPublish: (grantee: IGrantable) => void
  /** Invokes the worker with batches of packs. @returns the id of the event source mapping */
  readonly feed: (worker: LambdaFunction, size: Worker) => string
}

/** The two topics of a lane. */
export interface LaneTopics {
  readonly raw: Topic
  readonly pulse: Topic
}
