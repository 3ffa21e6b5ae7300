import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { declarationAt, productFrames } from './coverage.ts'
import type { Asked, Assignment, Seen } from './messages.ts'

/** What one message went through in one process. */
export interface Step extends Omit<Seen, 'stacks'> {
  readonly name: string
  /** Functions from the use case that publishes to the call of the bus. Empty where nothing is published. */
  readonly publishPath: readonly string[]
}

const publishPathOf = (root: string, [stack]: readonly string[]): string[] => {
  if (stack === undefined) return []
  const frames = productFrames(stack, pathToFileURL(join(root, '/')).href).toReversed()
  const useCase = frames.findLastIndex(({ path }) => path.startsWith('core/'))
  const names = frames
    .slice(Math.max(0, useCase))
    .map(({ path, line }) => declarationAt(readFileSync(join(root, path), 'utf8'), line))
  return [...new Set([...names, 'call'])]
}

/** Starts entry points of a project, each in a process of its own. */
export const createWalker = (root: string, callFile: string, environment: Readonly<Record<string, string>>) => {
  const start = async (entry: string, more: Readonly<Record<string, string>>) => {
    const child = fork(new URL('./process.ts', import.meta.url), {
      env: { PATH: process.env.PATH, ...environment, ...more },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${entry} ended (${signal ?? code})`)
    })
    ended.catch(() => undefined)
    const ask = async (message: Assignment | Asked): Promise<unknown> => {
      const answer = once(child, 'message')
      child.send(message)
      const [said] = await Promise.race([answer, ended])
      return said
    }
    await ask({ root, entry, callFile })
    return { ask, end: () => child.kill('SIGKILL') }
  }

  /**
   * Hands two messages to an entry point and tells what the second one went through: the first one opens connections.
   * @param send hands over the n-th message
   */
  const walk = async (
    name: string,
    entry: string,
    send: (n: number, ask: (asked: Asked) => Promise<unknown>) => Promise<unknown>,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ step: Step; published: string[] }> => {
    const { ask, end } = await start(entry, more)
    try {
      await send(0, ask)
      const first = (await ask({ do: 'take' })) as Seen
      await send(1, ask)
      const { stacks, ...seen } = (await ask({ do: 'take' })) as Seen
      const step = { name, ...seen, publishPath: publishPathOf(root, stacks) }
      return { step, published: [...first.published, ...seen.published] }
    } finally {
      end()
    }
  }
  return { walk }
}

export type Walker = ReturnType<typeof createWalker>
