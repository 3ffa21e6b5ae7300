import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type FunctionHost, hostFunction } from '../../../local/functions/function-host.ts'
import type { LambdaFunction } from '../../../local/template/functions.ts'
import { eventually, isAlive, temporaryFolder } from '../../support/local.ts'

const folder = temporaryFolder()
writeFileSync(
  join(folder.path, 'index.mjs'),
  `let calls = 0
   const done = () => ({ pid: process.pid, calls: ++calls })
   export const handler = async ({ does }, context) => {
     if (does === 'throw') throw new TypeError('no such meter')
     if (does === 'hang') await new Promise(() => {})
     if (does === 'crash') process.exit(3)
     if (does === 'die') process.kill(process.pid, 'SIGKILL')
     if (does === 'wait') await new Promise((over) => setTimeout(over, 100))
     if (does === 'nothing') return
     if (does === 'busy') setInterval(() => {}, 1000)
     if (does === 'describe') return {
       env: process.env, name: context.functionName, arn: context.invokedFunctionArn,
       leftMs: context.getRemainingTimeInMillis() }
     for (const kept = []; does === 'grow'; ) kept.push(Array.from({ length: 1e5 }, () => ({})))
     return done()
   }`,
)

const fn: LambdaFunction = {
  name: 'Meter',
  arn: 'arn:aws:lambda:eu-west-1:000000000000:function:Meter',
  bundle: folder.path,
  handler: 'index.handler',
  environment: { LANE: 'sigfox' },
  timeoutSeconds: 1,
  memoryMegabytes: 256,
}
let host: FunctionHost
const start = (most: number, changes: Partial<LambdaFunction> = {}) => {
  host = hostFunction({ ...fn, ...changes }, most, folder.path)
}
interface Answer {
  readonly pid: number
  readonly calls: number
  readonly [described: string]: unknown
}
const call = (does: string) => host.invoke({ does })
const answer = async (does: string) => {
  const result = await call(does)
  if (!result.ok) throw new Error(result.error.message)
  return result.payload as Answer
}

afterEach(() => host?.stop())
afterAll(() => folder.remove())

test('a function sees the settings of the template, its name and its time, and nothing of the runner', async () => {
  process.env.OF_THE_RUNNER = 'x'
  start(1)
  const { env, name, arn, leftMs } = await answer('describe')
  expect(env).toMatchObject({ LANE: 'sigfox', AWS_LAMBDA_FUNCTION_NAME: 'Meter' })
  expect(env).not.toHaveProperty('OF_THE_RUNNER')
  expect({ name, arn }).toEqual({ name: 'Meter', arn: fn.arn })
  expect(leftMs).toBeGreaterThan(500)
  expect(leftMs).toBeLessThanOrEqual(1_000)
})

test('a function that grows beyond its memory size fails the call', async () => {
  start(1, { memoryMegabytes: 64, timeoutSeconds: 20 })
  expect(await call('grow')).toMatchObject({ ok: false, error: { type: 'Runtime.ExitError' } })
})

test('one process serves one call after the other', async () => {
  start(2)
  const first = await answer('count')
  expect(await answer('count')).toEqual({ pid: first.pid, calls: 2 })
})

test('parallel calls get processes of their own up to the limit; further calls wait in line', async () => {
  start(2)
  const answers = await Promise.all(Array.from({ length: 6 }, () => answer('wait')))
  const calls = Map.groupBy(answers, ({ pid }) => pid)
  expect(answers).toHaveLength(6)
  expect(calls.size).toBe(2)
})

test('an error fails the call and leaves the process in use', async () => {
  start(1)
  const { pid } = await answer('count')
  expect(await call('throw')).toEqual({ ok: false, error: { type: 'TypeError', message: 'no such meter' } })
  expect((await answer('count')).pid).toBe(pid)
})

test('a handler that returns nothing answers null, as in JSON', async () => {
  start(1)
  expect(await answer('nothing')).toBeNull()
})

test.each([
  ['hang', 'Sandbox.Timedout', 'Task timed out after 1 seconds'],
  ['crash', 'Runtime.ExitError', 'The process ended before it answered'],
  ['die', 'Runtime.ExitError', 'The process ended before it answered'],
])('after a %s the call fails, and the next one has a new process', async (does, type, message) => {
  start(1)
  const { pid } = await answer('count')
  const [failed, next] = await Promise.all([call(does), answer('count')])
  expect(failed).toEqual({ ok: false, error: { type, message } })
  expect(next.calls).toBe(1)
  expect(next.pid).not.toBe(pid)
  expect(isAlive(pid)).toBe(false)
})

test('a process that is killed between two calls fails neither', async () => {
  start(1)
  const { pid } = await answer('count')
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => host.pids()).toEqual([])
  expect((await answer('count')).calls).toBe(1)
})

test('a bundle that cannot be loaded fails the call', async () => {
  start(1, { handler: 'missing.handler' })
  const result = await call('count')
  expect(result).toMatchObject({ ok: false, error: { type: 'Runtime.InitError' } })
})

test('a process ends when its runner is killed, even while the function holds something open', async () => {
  const program = `
    import { hostFunction } from ${JSON.stringify(join(import.meta.dirname, '../../../local/functions/function-host.ts'))}
    const host = hostFunction(${JSON.stringify(fn)}, 1, ${JSON.stringify(folder.path)})
    console.log((await host.invoke({ does: 'busy' })).payload.pid)`
  const runner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(runner.stdout, 'data')
  expect(isAlive(Number(line))).toBe(true)
  runner.kill('SIGKILL')
  await eventually(() => (isAlive(Number(line)) ? undefined : true))
})

test('no process is left after a stop, and no call succeeds', async () => {
  start(2)
  const { pid } = await answer('count')
  const hanging = call('hang')
  await host.stop()
  expect(isAlive(pid)).toBe(false)
  expect(await hanging).toMatchObject({ ok: false })
  expect(await call('count')).toMatchObject({ ok: false })
  expect(host.pids()).toEqual([])
})
