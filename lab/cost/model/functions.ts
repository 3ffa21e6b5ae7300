import { type Decimal, decimal, least, over, times } from './decimal.ts'
import type { Deployment, WorkerSettings } from './deployment.ts'
import type { Flow, TopicFlow } from './flow.ts'
import { given } from './measured.ts'
import type { Traffic } from './traffic.ts'
import { part, type Usage, usage } from './usage.ts'

const thousandth = decimal('0.001')
const millionth = decimal('0.000001')
/** Rounding up to a whole millisecond adds half a millisecond on average. */
const roundingMilliseconds = decimal('0.5')

const vcpuShare = (memoryMiB: number) => least(decimal(1), over(decimal(memoryMiB), given('vcpuMebibytes')))

/** Seconds of all invocations: the overhead of each, the CPU of the messages at the function's share, and the database. */
const seconds = (
  memoryMiB: number,
  invocations: { count: Decimal; milliseconds: Decimal },
  work: { cpuMicroseconds: Decimal; databaseMicroseconds: Decimal },
) =>
  times(invocations.count, invocations.milliseconds + roundingMilliseconds, thousandth) +
  times(over(work.cpuMicroseconds, vcpuShare(memoryMiB)) + work.databaseMicroseconds, millionth)

const gigabyteSeconds = (memoryMiB: number, time: Decimal) => times(time, over(decimal(memoryMiB), decimal(1_024)))

/** CPU and database time of the messages at a step. */
const workOf = (step: 'raw' | 'pulse', messages: Decimal, readingsAMessage: Decimal) => {
  const count = step === 'raw' ? messages : times(messages, readingsAMessage)
  return {
    cpuMicroseconds: times(count, given(`${step}NodeMicroseconds`)),
    databaseMicroseconds: times(count, given(`${step}DatabaseMicroseconds`)),
  }
}

/** Time of one worker's invocations in a month. */
export const workerSeconds = (
  step: 'raw' | 'pulse',
  { memoryMiB }: WorkerSettings,
  { messages, invocations }: TopicFlow,
  { readingsAMessage }: Traffic,
): Decimal =>
  seconds(
    memoryMiB,
    { count: invocations, milliseconds: given('invocationMilliseconds') },
    workOf(step, messages, readingsAMessage),
  )

interface Running {
  readonly name: string
  readonly invocations: Decimal
  readonly gigabyteSeconds: Decimal
}

const callbackFunction = ({ callbackMemoryMiB }: Deployment, flow: Flow): Running => ({
  name: 'Sigfox callback',
  invocations: flow.callbacks,
  gigabyteSeconds: gigabyteSeconds(
    callbackMemoryMiB,
    seconds(
      callbackMemoryMiB,
      { count: flow.callbacks, milliseconds: given('callbackMilliseconds') },
      {
        cpuMicroseconds: times(flow.sigfox.messages, given('callbackLineMicroseconds')),
        databaseMicroseconds: 0n,
      },
    ),
  ),
})

const runningFunctions = (deployment: Deployment, traffic: Traffic, flow: Flow): Running[] => {
  const workers = (['sigfox', 'nbiot'] as const).flatMap((lane) =>
    (['raw', 'pulse'] as const).map((step): Running => {
      const topic = flow[lane][step]
      const worker = deployment[step]
      return {
        name: `${step} worker, ${lane}`,
        invocations: topic.invocations,
        gigabyteSeconds: gigabyteSeconds(worker.memoryMiB, workerSeconds(step, worker, topic, traffic)),
      }
    }),
  )
  return deployment.sigfoxDoor === 'container' ? workers : [callbackFunction(deployment, flow), ...workers]
}

/** What the functions bill. The authorizer is left out because its answer is cached, and upkeep because it runs once a day. */
export const functionUsage = (deployment: Deployment, traffic: Traffic, flow: Flow): Usage[] => {
  const running = runningFunctions(deployment, traffic, flow)
  return [
    usage('lambda.request', true, ...running.map(({ name, invocations }) => part(name, invocations))),
    usage('lambda.arm-gb-second', true, ...running.map((one) => part(one.name, one.gigabyteSeconds))),
  ]
}

/** Invocations that log their start, end and report. */
export const loggedInvocations = (deployment: Deployment, traffic: Traffic, flow: Flow): Decimal =>
  runningFunctions(deployment, traffic, flow).reduce((sum, { invocations }) => sum + invocations, 0n)
