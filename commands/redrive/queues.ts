import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OperationFault } from '../../contract/operation-fault.ts'
import type { Lane } from '../../core/message/lane.ts'
import { Misuse } from '../command-line/command.ts'
import { type DeadLetters, openDeadLetters } from './dead-letters.ts'

/** The topics of a lane, in the order in which a message passes them. */
export const topics: Readonly<Record<Lane, Readonly<Record<'raw' | 'pulse', string>>>> = {
  sigfox: { raw: 'ProcessRawDataSigfox', pulse: 'ProcessPulseDataSigfox' },
  nbiot: { raw: 'ProcessRawDataNBIoT', pulse: 'ProcessPulseDataNBIoT' },
}

/** A topic and its dead letters. */
export interface Topic {
  readonly name: string
  readonly deadLetters: DeadLetters
}
export type Queues = Pick<ReturnType<typeof openDeadLetters>, 'count' | 'moveSome'>

/** How to reach the bus of a local run, as it says itself while it runs. */
const localBus = (dataDir: string): { bus: string; url: string; region: string } => {
  const path = join(dataDir, 'bus.json')
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new OperationFault(
      `${path} names no queues (${(error as Error).message}): start the local system with \`npm start\`, or name a stack with --stack.`,
    )
  }
}

/** Queues belong to the data stack; the other commands take the name of the ingest stack. */
const dataStackOf = (stack: string): string => {
  if (!/-(ingest|data)$/.test(stack))
    throw new Misuse(`--stack is the name of a stack like sluice-prod-ingest, not ${JSON.stringify(stack)}.`)
  return stack.replace(/-ingest$/, '-data')
}

const onKinesis =
  'On Kinesis there are no dead letters: a batch is tried until it succeeds, and what a mapping gave up all the same is in the bucket of undelivered batches (docs/runbook.md, R5).'

/**
 * Finds the dead letters of topics: those of a stack on AWS, otherwise those of the local run.
 * @throws OperationFault if there are none
 */
export const findTopics = async (
  names: readonly string[],
  stack: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<{ queues: Queues; found: Topic[] }> => {
  const prefix = stack === undefined ? '' : `${dataStackOf(stack)}-`
  const local = stack === undefined ? localBus(environment.DATA_DIR || '.data') : null
  if (local?.bus === 'kinesis') throw new OperationFault(onKinesis)
  const anyCredentials = { accessKeyId: 'x', secretAccessKey: 'x' }
  const queues = openDeadLetters(
    local ? { endpoint: local.url, region: local.region, credentials: anyCredentials } : undefined,
  )
  const found = await Promise.all(
    names.map(async (name) => {
      const deadLetters = await queues.find(`${prefix}${name}`)
      if (deadLetters) return { name, deadLetters }
      throw new OperationFault(`No queue here whose name begins with ${prefix}${name} has dead letters. ${onKinesis}`)
    }),
  )
  return { queues, found }
}
