import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Stage } from '../../lib/stage/stage.ts'
import { exampleDomain } from '../process/overrides.ts'
import { StartFault } from '../process/starting.ts'
import { type Assembly, readAssembly } from './assembly.ts'

const root = join(import.meta.dirname, '../..')

/**
 * Synthesises the CDK app of a stage into a fresh folder, with real bundles, and reads it. `signal` ends it early.
 * @throws StartFault with the error output of the app
 */
export const synthesise = async (
  { name, bus, sigfoxDoor }: Pick<Stage, 'name' | 'bus' | 'sigfoxDoor'>,
  folder: string,
  signal: AbortSignal,
): Promise<Assembly> => {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // Our package.json makes all .js files modules. On Lambda none lies above a bundle, so an empty one hides ours.
  writeFileSync(join(folder, 'package.json'), '{}')
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, env: name, bus, door: sigfoxDoor, ...exampleDomain }),
    // Saves 1.5 s; `npm run synth` and the tests validate.
    CDK_VALIDATION: 'false',
  }
  try {
    await promisify(execFile)(process.execPath, ['bin/app.ts'], { cwd: root, env, signal, maxBuffer: 2 ** 24 })
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new StartFault(`The CDK app could not be synthesised (see also npm run synth):\n${stderr.trim() || message}`)
  }
  return readAssembly(folder)
}
