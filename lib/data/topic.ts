import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Worker } from '../stage/stage.ts'

/** A named topic of the source design, on whichever bus: doors and raw workers publish packs to it, a worker reads it. */
export interface Topic {
  /** What the processes are told of it; only the adapter of the bus knows what it means. */
  readonly address: string
  readonly grantPublish: (grantee: IGrantable) => void
  /** Invokes the worker with batches of its packs. @returns the id of the mapping */
  readonly feed: (worker: LambdaFunction, size: Worker) => string
}
