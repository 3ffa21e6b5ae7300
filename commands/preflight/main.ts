import { choose, StageError } from '../../bin/choices.ts'
import { OperationFault } from '../../contract/operation-fault.ts'
import { checkStage } from '../../lib/stage/check-stage.ts'
import { ownRegion } from '../../operations/signed-request.ts'
import { Misuse, readCommandLine, runCommand } from '../command-line/command.ts'
import { openAccount } from './account.ts'
import { questionsOf } from './questions.ts'
import { type Answered, askAll, report } from './report.ts'

const usage = `Usage: npm run preflight -- -c env=NAME [-c bus=NAME] [-c door=NAME -c domain=NAME -c certificate=ARN] [-c protected=false]

Asks the account whether the stage can be deployed: bootstrap, stacks, quotas, roles, certificates. It only reads. Without
credentials it prints what it would ask, and what the stage needs. Exit code 1: something is missing.`

const readChoices = () => {
  const { values } = readCommandLine({ options: { context: { type: 'string', short: 'c', multiple: true } } } as const)
  const pairs = (values.context ?? []).map((text) => {
    const [name, value] = text.split(/=(.*)/s)
    if (!name || value === undefined) throw new Misuse(`-c is followed by NAME=VALUE, not ${JSON.stringify(text)}.`)
    return [name, value] as const
  })
  const { env, ...choices } = Object.fromEntries(pairs)
  if (env === undefined) throw new Misuse('')
  return { env, choices }
}

const readStage = () => {
  const { env, choices } = readChoices()
  try {
    const stage = choose(env, choices)
    const faults = checkStage(stage)
    if (faults.length > 0) throw new StageError(faults.join('\n'))
    return stage
  } catch (error) {
    throw error instanceof StageError ? new OperationFault(error.message) : error
  }
}

/** Null without a region or credentials: then nothing can be asked. */
const askAccount = async (stage: ReturnType<typeof readStage>): Promise<readonly Answered[] | string> => {
  try {
    const region = stage.region || (await ownRegion())
    const account = openAccount(region, process.env)
    const xml = await account.query('sts', '2011-06-15', 'GetCallerIdentity')
    const [, arn] = /<Arn>(.*)<\/Arn>/.exec(xml) ?? []
    console.log(`Stage ${stage.name} in ${region}, asked as ${arn}.\n`)
    return await askAll(questionsOf(stage), account)
  } catch (error) {
    return (error as Error).message
  }
}

await runCommand(usage, async () => {
  const stage = readStage()
  const answers = await askAccount(stage)
  if (typeof answers === 'string') {
    console.log(`Nothing was asked: ${answers}\nStage ${stage.name} needs, and this would be asked:\n`)
    console.log(report(questionsOf(stage).map((question) => ({ question, state: 'not asked', have: question.action }))))
    return
  }
  console.log(report(answers))
  const missing = answers.filter(({ state }) => state === 'missing')
  if (missing.length > 0)
    throw new OperationFault(
      `\nThe deployment would fail: ${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} missing.`,
    )
})
