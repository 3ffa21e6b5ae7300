import { execFile } from 'node:child_process'
import { join } from 'node:path'

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `commands/NAME/main.ts` as a user does, with only these environment variables and the run's cache of compiled code. */
export const runTool = (
  name: string,
  args: readonly string[],
  environment: Record<string, string>,
  cwd = process.cwd(),
): Promise<Run> =>
  new Promise((resolve) => {
    const main = join(import.meta.dirname, `../../commands/${name}/main.ts`)
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
    const env = { PATH, NODE_COMPILE_CACHE, ...environment }
    execFile(process.execPath, [main, ...args], { env, cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
