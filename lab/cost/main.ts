import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { stages } from '../../bin/stages.ts'
import { type Asked, options, readQuestion } from './commands/question.ts'
import { CostFault } from './model/fault.ts'
import { render, type Section } from './report/section.ts'

const usage = `Usage: npm run cost -- COMMAND [options]

  targets            what was aimed at, and what the stages cost (the default)
  source             the tables of the source design, recomputed, and at today's prices
  stage NAME         the bill of a stage of bin/, from its template; also "lean"
  optimise           the cheapest stage literal for a fleet, and break-even points
  swarm              the source design's machines at Scaleway
  assumptions        what the model takes as given, and where it comes from

  --devices N        default 3600000        --per-hour N       messages a device, default 1
  --sigfox PERCENT   default 50             --callbacks KIND   one-by-one (default) or batched
  --bytes N          of a datagram, 31      --readings N       a message, default 1
  --days N           since the first message, default 30
  --region NAME      us-east-1 or eu-west-1: by default that of the stage, else us-east-1
  --prices FILE
  --operations-hours N --operations-rate N                     default 0
  --bus sqs|kinesis, --explain LINE, --compare, --html FILE    with stage
  --latency SECONDS (30), --zones N (2), --no-multi-az, --raw-days N (30)   with optimise
  --json, --csv, --md`

const commandOf = async (words: readonly string[], question: Asked): Promise<Section[]> => {
  const [command = 'targets', name, ...rest] = words
  if (rest.length > 0 || (name && command !== 'stage'))
    throw new CostFault(`"${words.join(' ')}" is no command; see --help.`)
  switch (command) {
    case 'targets':
      return (await import('./commands/targets.ts')).targetsCommand(question)
    case 'source':
      return (await import('./commands/source.ts')).sourceCommand(question)
    case 'stage':
      return (await import('./commands/stage.ts')).stageCommand(name ?? 'prod', question)
    case 'optimise':
      return (await import('./commands/optimise.ts')).optimiseCommand(question)
    case 'assumptions':
      return (await import('./commands/assumptions.ts')).assumptionsCommand()
    case 'swarm':
      return (await import('./commands/swarm.ts')).swarmCommand(question)
    default:
      throw new CostFault(
        `There is no command "${command}"; choose targets, source, stage, optimise, swarm or assumptions.`,
      )
  }
}

/** Joins a negative number to the option before it, so that the error names the option. */
const joined = (words: readonly string[]) =>
  words.reduce<string[]>((all, word) => {
    const last = all.at(-1)
    if (/^-\d/.test(word) && last?.startsWith('--') && !last.includes('=')) all.splice(-1, 1, `${last}=${word}`)
    else all.push(word)
    return all
  }, [])

const readWords = () => {
  try {
    return parseArgs({ args: joined(process.argv.slice(2)), options, allowPositionals: true, allowNegative: true })
  } catch (error) {
    throw new CostFault(`${(error as Error).message.split(/\.\s/)[0]}; see --help.`)
  }
}

const run = async () => {
  const { positionals, values } = readWords()
  if (values.help) return console.log(usage)
  // a stage is billed where it is deployed; the aims and the literals of the lab are those of us-east-1
  const [command, name] = positionals
  const region = command === 'stage' ? stages[name ?? 'prod']?.region : ''
  const question = readQuestion(values, region || 'us-east-1')
  const sections = await commandOf(positionals, question)
  if (question.html) {
    const { page } = await import('./page/page.ts')
    writeFileSync(question.html, await page(positionals[1] ?? 'prod', question))
  }
  console.log(render(sections, question.format))
}

try {
  await run()
} catch (error) {
  if (!(error instanceof CostFault)) throw error
  console.error(error.message)
  process.exitCode = 2
}
