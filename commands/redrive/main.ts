import { OperationFault } from '../../contract/operation-fault.ts'
import type { Lane } from '../../core/message/lane.ts'
import { knownWord, Misuse, readCommandLine, runCommand } from '../command-line/command.ts'
import { type Moved, moveAll } from './move.ts'
import { findTopics, type Queues, type Topic, topics } from './queues.ts'

const lanes = Object.keys(topics) as Lane[]

const usage = `Usage: npm run redrive -- LANE [--step raw|pulse] [--dry-run] [--limit N] [--stack NAME]

Moves the dead letters of a lane (${lanes.join(', ')}) back to the topics that gave them up, first raw, then pulse. Mend or roll
back the worker first: the command stops when something comes back that it has moved. Every step is idempotent, so a
pack that is moved twice, or that had been stored after all, changes nothing.
  --step     only the topic before the raw worker, or the one before the pulse worker
  --dry-run  counts the dead letters, and moves nothing
  --limit    moves at most N packs of each topic: try one first

The queues are those of the local run in DATA_DIR (.data); with --stack NAME (sluice-prod-ingest) those of that stage
on AWS, with your credentials.`

const readStep = (lane: Lane, text: string | undefined): string[] => {
  const names = topics[lane]
  if (text === undefined) return Object.values(names)
  if (text === 'raw' || text === 'pulse') return [names[text]]
  throw new Misuse(`--step is raw or pulse, not ${JSON.stringify(text)}.`)
}

const readLimit = (text: string | undefined): number => {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Misuse(`--limit is a number of packs from 1 on, not ${JSON.stringify(text)}.`)
}

const readArguments = () => {
  const text = { type: 'string' } as const
  const options = { step: text, limit: text, stack: text, 'dry-run': { type: 'boolean' } } as const
  const { positionals, values } = readCommandLine({ allowPositionals: true, options })
  const [name, ...rest] = positionals
  if (name === undefined || rest.length > 0) throw new Misuse('')
  const lane = knownWord('lane', name, lanes)
  const dryRun = values['dry-run'] ?? false
  return { names: readStep(lane, values.step), limit: readLimit(values.limit), dryRun, stack: values.stack }
}

const packs = (count: number) => `${count} ${count === 1 ? 'pack' : 'packs'}`

/** A sentence that says why not all went back, or null if all did. */
const fault = (name: string, { failures, cameBack, left }: Moved): string | null => {
  const [first] = failures
  if (first !== undefined)
    return `${name}: SQS did not take ${packs(failures.length)} (${first}); they are still dead letters. Run it again.`
  if (cameBack > 0)
    return `${name}: stopped, because ${packs(cameBack)} came back that had just been moved: the worker still fails on them (docs/runbook.md, R2). ${packs(left)} left.`
  return null
}

const countOne = async (queues: Queues, { name, deadLetters }: Topic) => {
  const { waiting, held } = await queues.count(deadLetters)
  console.log(
    `${name}: ${packs(waiting)} would be moved${held > 0 ? `; ${held} more are held by another reader now` : ''}`,
  )
}

await runCommand(usage, async () => {
  const { names, limit, dryRun, stack } = readArguments()
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  try {
    const { queues, found } = await findTopics(names, stack, process.env)
    for (const topic of found) {
      if (dryRun) {
        await countOne(queues, topic)
        continue
      }
      const moved = await moveAll(queues, topic, limit, interruption.signal)
      console.log(`${topic.name}: ${packs(moved.moved)} moved, ${moved.left} left`)
      const sentence = fault(topic.name, moved)
      if (sentence !== null) throw new OperationFault(sentence)
      if (moved.interrupted) throw new OperationFault('Interrupted. What was not moved is still a dead letter.')
    }
  } catch (error) {
    if (error instanceof Misuse || error instanceof OperationFault) throw error
    throw new OperationFault(`SQS did not do it: ${(error as Error).message}`)
  }
})
