import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { foreignImports } from './bundle.ts'
import { type BuildStage, DockerfileError, readDockerfile } from './dockerfile.ts'
import { execForm, rules } from './rules.ts'

/** The same limit as for the functions' bundles: a larger bundle holds something that it does not need. */
const mostBytes = 600_000

interface Copy {
  readonly line: number
  readonly from: string | null
  readonly sources: readonly string[]
}

const copiesOf = ({ instructions }: BuildStage): Copy[] =>
  instructions
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ line, options, rest }) => ({
      line,
      from: options.from ?? null,
      sources: rest.split(/\s+/).slice(0, -1),
    }))

/** The image gets the bundle that its command runs, and nothing else from the folder or from another image. */
const copyFaults = (folder: string, builds: readonly BuildStage[], bundle: string): string[] => {
  const names = builds.map(({ name }) => name)
  const faults = builds
    .flatMap(copiesOf)
    .flatMap(({ line, from, sources }) => [
      ...(from !== null && !names.includes(from)
        ? [`line ${line}: COPY from ${from}, which is not a build stage of this file`]
        : []),
      ...sources
        .filter((source) => basename(source) !== bundle)
        .map((source) => `line ${line}: COPY of ${source}; the image holds ${bundle} and nothing else`),
    ])
  const image = builds.at(-1) as BuildStage
  if (copiesOf(image).length === 0) faults.push(`the image does not copy ${bundle}, which its command runs`)
  const present = readdirSync(folder)
  if (!present.includes(bundle)) faults.push(`${bundle} is not in the folder of the image`)
  const surplus = present.filter((name) => name !== bundle && name !== 'Dockerfile')
  if (surplus.length > 0)
    faults.push(`the folder of the image also holds ${surplus.join(', ')}; only the bundle belongs there`)
  return faults
}

const bundleFaults = async (path: string): Promise<string[]> => {
  const { size } = statSync(path)
  const faults =
    size > mostBytes ? [`${basename(path)} has ${size} bytes; more than ${mostBytes} means an unneeded dependency`] : []
  try {
    const foreign = await foreignImports(path)
    return [...faults, ...foreign.map((name) => `${basename(path)} imports ${name}, which is not in the image`)]
  } catch (error) {
    return [...faults, `${basename(path)} cannot be read: ${(error as Error).message.split('\n')[1] ?? error}`]
  }
}

/** Every fault of an image that shows without building it, one sentence each. `folder` is its build context. */
export const imageFaults = async (folder: string): Promise<string[]> => {
  try {
    const builds = readDockerfile(readFileSync(join(folder, 'Dockerfile'), 'utf8'))
    const image = builds.at(-1) as BuildStage
    const cmd = image.instructions.findLast(({ keyword }) => keyword === 'CMD')
    const bundle = execForm(cmd?.rest ?? '')?.at(-1)
    const ofDockerfile = rules.flatMap((rule) => rule(builds))
    if (bundle === undefined) return ofDockerfile
    const ofCopies = copyFaults(folder, builds, bundle)
    const isThere = readdirSync(folder).includes(bundle)
    return [...ofDockerfile, ...ofCopies, ...(isThere ? await bundleFaults(join(folder, bundle)) : [])]
  } catch (error) {
    if (error instanceof DockerfileError) return [`the Dockerfile cannot be read: ${error.message}`]
    throw error
  }
}
