import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { exitOf, firstMessage, forkChild } from '../process/child.ts'
import type { LambdaFunction } from '../template/functions.ts'

/** Result of an invocation: the handler's answer, or why there is none. */
export type Invocation =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: { readonly type: string; readonly message: string } }

/** A process that answers one event at a time: what Lambda calls an execution environment. */
export interface FunctionProcess {
  readonly pid: number
  readonly exited: Promise<void>
  readonly isAlive: () => boolean
  readonly invoke: (event: unknown) => Promise<Invocation>
  readonly kill: () => void
}

/** Lambda allows a cold start ten seconds before the timeout begins. */
const initLimitMs = 10_000

const failure = (type: string, message: string): Invocation => ({ ok: false, error: { type, message } })

/** The other tenth of the memory is for buffers and code, as in Lambda's Node runtime. */
const heapMegabytes = (memoryMegabytes: number) => Math.floor(memoryMegabytes * 0.9)

const bootArguments = ({ bundle, handler }: LambdaFunction) => {
  const dot = handler.lastIndexOf('.')
  const file = join(bundle, handler.slice(0, dot))
  const extension = ['.mjs', '.js', '.cjs'].find((candidate) => existsSync(file + candidate))
  return [file + (extension ?? '.mjs'), handler.slice(dot + 1)]
}

/** Starts a process for the function; its output goes to `DATA_DIR/logs/<function>.log`. */
export const startFunctionProcess = (fn: LambdaFunction, dataDir: string): FunctionProcess => {
  const child = forkChild(new URL('./function-boot.mjs', import.meta.url), bootArguments(fn), {
    dataDir,
    name: fn.name,
    nodeFlags: [`--max-old-space-size=${heapMegabytes(fn.memoryMegabytes)}`, '--enable-source-maps'],
    env: {
      TZ: 'UTC',
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMegabytes),
      SLUICE_LOCAL_FUNCTION_ARN: fn.arn,
      ...fn.environment,
    },
  })
  let alive = true
  const exited = exitOf(child).then(() => {
    alive = false
  })
  const kill = () => {
    alive = false
    child.kill('SIGKILL')
  }
  const ready = firstMessage(child, initLimitMs)
  ready.catch(() => undefined)

  const answer = (event: unknown) =>
    new Promise<Invocation>((settle) => {
      const requestId = randomUUID()
      const timer = setTimeout(() => {
        kill()
        settle(failure('Sandbox.Timedout', `Task timed out after ${fn.timeoutSeconds} seconds`))
      }, fn.timeoutSeconds * 1000)
      const onMessage = (message: {
        requestId?: string
        payload?: unknown
        error?: { type: string; message: string }
      }) => {
        if (message.requestId !== requestId) return
        clearTimeout(timer)
        child.off('message', onMessage)
        settle(message.error ? { ok: false, error: message.error } : { ok: true, payload: message.payload })
      }
      child.on('message', onMessage)
      void exited.then(() => {
        clearTimeout(timer)
        settle(failure('Runtime.ExitError', 'The process ended before it answered'))
      })
      child.send({ requestId, event, deadlineMs: Date.now() + fn.timeoutSeconds * 1000 }, () => undefined)
    })

  const invoke = async (event: unknown) => {
    try {
      await ready
    } catch (error) {
      kill()
      return failure('Runtime.InitError', `${fn.name} ${(error as Error).message}`)
    }
    return answer(event)
  }
  return { pid: child.pid ?? 0, exited, isAlive: () => alive, invoke, kill }
}
