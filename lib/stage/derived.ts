import { RemovalPolicy } from 'aws-cdk-lib/core'
import type { Stage, Worker } from './stage.ts'

/**
 * What happens to a resource that holds data when its stack is deleted. Always set, because the defaults differ: by
 * default a log group stays behind in dev and a queue vanishes in prod. A creation that is rolled back keeps nothing:
 * it holds no data yet, and what it left would be billed and in the way of the next try.
 */
export const removal = ({ keepData }: Stage) =>
  keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY

/** Keeps the metrics of one stage apart from those of another stage in the same account. */
export const metricsNamespace = ({ name }: Stage) => `Sluice/${name}`

/** Memory for messages that the bus has not taken: a quarter of the task, because Node, the SDK and sending need the rest. */
export const queueBytes = ({ memoryMiB }: Stage['gateway']) => (memoryMiB / 4) * 2 ** 20

/** A retry budget in hours, not in tries: a fixed count cannot tell a poisoned pack from a database that is down. */
const retryHours = 6

/** Seconds a pack stays with one invocation: AWS asks for six times the timeout, plus the window. */
export const visibilitySeconds = ({ timeoutSeconds, windowSeconds }: Worker) => 6 * timeoutSeconds + windowSeconds

/** How often SQS delivers a pack before it moves to the dead letters. */
export const tries = (worker: Worker) => Math.ceil((retryHours * 3600) / visibilitySeconds(worker))
