import { RemovalPolicy } from 'aws-cdk-lib/core'
import type { Stage } from './stage.ts'

/**
 * What happens to a resource that holds data when its stack is deleted. Always said, because the defaults differ: left
 * alone, a log group stays behind in dev and a queue vanishes in prod.
 */
export const removal = ({ keepData }: Stage) => (keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)

/** Metrics of one stage, told apart from those of another in the same account. */
export const metricsNamespace = ({ name }: Stage) => `Sluice/${name}`
