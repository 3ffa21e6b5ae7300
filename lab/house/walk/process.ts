import { Session } from 'node:inspector/promises'
import { createRequire, registerHooks } from 'node:module'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { enteredFiles } from './coverage.ts'
import type { Asked, Assignment, Seen } from './messages.ts'

/** A process that runs one entry point and reports which functions a message enters. */
let published: string[] = []
let stacks: string[] = []
let statements: string[] = []

/** The gateway reports to the sender, and to its metrics, after the bus has confirmed. */
const settleMs = 100

Error.stackTraceLimit = 100

interface Input {
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[]
}

/** Confirms every record at once. */
const answerCall = async (action: string, { Entries = [] }: Input) => {
  if (action === 'GetSecretValue') return { SecretString: JSON.stringify({ current: 'walk' }) }
  published.push(...Entries.map(({ MessageBody }) => MessageBody))
  stacks.push(String(new Error(action).stack))
  return { Successful: Entries.map(({ Id }) => ({ Id })) }
}

/** Replaces the calls to AWS in their module: signing and HTTP are the SDK's work, and no part of the walk. */
const replaceCalls = (callUrl: string) => {
  Object.assign(globalThis, { walkedCall: answerCall })
  // what a module exports by name stands before what it passes on
  const source = `export * from '${callUrl}?own'
    export const openCall = () => globalThis.walkedCall
    export const openFetchCall = openCall`
  registerHooks({
    load: (url, context, next) =>
      url === callUrl ? { format: 'module', source, shortCircuit: true } : next(url, context),
  })
}

/** Watches the driver of the walked project, which may have a copy of its own. */
const watchStatements = (root: string) => {
  const { Client } = createRequire(join(root, 'package.json'))('pg') as typeof pg
  const query = Client.prototype.query as (...given: unknown[]) => unknown
  const watched = function (this: pg.Client, ...given: unknown[]) {
    const [statement] = given as [string | { readonly text: string }]
    statements.push(typeof statement === 'string' ? statement : statement.text)
    return query.apply(this, given)
  }
  Object.assign(Client.prototype, { query: watched })
}

const say = (message: object) => process.send?.(message)

const run = async ({ root, entry, callFile }: Assignment) => {
  const rootUrl = pathToFileURL(join(root, '/')).href
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  replaceCalls(rootUrl + callFile)
  watchStatements(root)
  const { handler } = await import(rootUrl + entry)

  const take = async (): Promise<Seen> => {
    // V8 sets its counts back to zero as it hands them over
    const { result } = await session.post('Profiler.takePreciseCoverage')
    const seen = { files: enteredFiles(result, rootUrl), published, stacks, statements }
    ;[published, stacks, statements] = [[], [], []]
    return seen
  }
  const settle = async () => {
    while (published.length === 0) await pause(5)
    await pause(settleMs)
  }
  process.on('message', async (asked: Asked) => {
    if (asked.do === 'handle') await handler(asked.event)
    if (asked.do === 'settle') await settle()
    say(asked.do === 'take' ? await take() : {})
  })
  // what runs as the modules load belongs to no message
  await take()
  say({})
}

process.once('message', run)
process.on('disconnect', () => process.exit())
