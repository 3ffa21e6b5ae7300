import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { foreignImports } from './bundle.ts'
import { DockerfileError, readDockerfile, type Stage } from './dockerfile.ts'
import { execForm, rules } from './rules.ts'

/** As for the functions' bundles: what is larger holds something that it does not need. */
const mostBytes = 600_000

interface Copy {
  readonly line: number
  readonly from: string | null
  readonly sources: readonly string[]
}

const copiesOf = ({ instructions }: Stage): Copy[] =>
  instructions
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ line, options, rest }) => ({
      line,
      from: options.from ?? null,
      sources: rest.split(/\s+/).slice(0, -1),
    }))

/** The bundle is what the command runs; nothing else comes in, from the folder or from another image. */
const copyFaults = (folder: string, stages: readonly Stage[], bundle: string): string[] => {
  const names = stages.map(({ name }) => name)
  const faults = stages
    .flatMap(copiesOf)
    .flatMap(({ line, from, sources }) => [
      ...(from !== null && !names.includes(from)
        ? [`line ${line}: COPY from ${from}, which is no stage of this file`]
        : []),
      ...sources
        .filter((source) => basename(source) !== bundle)
        .map((source) => `line ${line}: COPY of ${source}; the image holds ${bundle} and nothing else`),
    ])
  const image = stages.at(-1) as Stage
  if (copiesOf(image).length === 0) faults.push(`the image is not given ${bundle}, which its command runs`)
  const present = readdirSync(folder)
  if (!present.includes(bundle)) faults.push(`${bundle} is not in the folder of the image`)
  const surplus = present.filter((name) => name !== bundle && name !== 'Dockerfile')
  if (surplus.length > 0)
    faults.push(`the folder of the image holds ${surplus.join(', ')} as well; only the bundle belongs there`)
  return faults
}

const bundleFaults = async (path: string): Promise<string[]> => {
  const { size } = statSync(path)
  const faults =
    size > mostBytes ? [`${basename(path)} has ${size} bytes; more than ${mostBytes} is a dependency too many`] : []
  try {
    const foreign = await foreignImports(path)
    return [...faults, ...foreign.map((name) => `${basename(path)} imports ${name}, which is not in the image`)]
  } catch (error) {
    return [...faults, `${basename(path)} cannot be read: ${(error as Error).message.split('\n')[1] ?? error}`]
  }
}

/** All that is wrong with an image, as far as it shows without an engine: a sentence each. `folder` is its build context. */
export const imageFaults = async (folder: string): Promise<string[]> => {
  try {
    const stages = readDockerfile(readFileSync(join(folder, 'Dockerfile'), 'utf8'))
    const image = stages.at(-1) as Stage
    const cmd = image.instructions.findLast(({ keyword }) => keyword === 'CMD')
    const bundle = execForm(cmd?.rest ?? '')?.at(-1)
    const ofDockerfile = rules.flatMap((rule) => rule(stages))
    if (bundle === undefined) return ofDockerfile
    const ofCopies = copyFaults(folder, stages, bundle)
    const isThere = readdirSync(folder).includes(bundle)
    return [...ofDockerfile, ...ofCopies, ...(isThere ? await bundleFaults(join(folder, bundle)) : [])]
  } catch (error) {
    if (error instanceof DockerfileError) return [`the Dockerfile cannot be read: ${error.message}`]
    throw error
  }
}
