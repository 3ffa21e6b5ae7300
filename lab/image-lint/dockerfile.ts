/** One instruction of a Dockerfile, with its continuation lines joined. */
export interface Instruction {
  /** Number of its first line, from 1. */
  readonly line: number
  /** In upper case. */
  readonly keyword: string
  /** `--name=value` options before the arguments. */
  readonly options: Readonly<Record<string, string>>
  /** What follows the options. */
  readonly rest: string
}

/** What `FROM` begins. The last one is the image. */
export interface BuildStage {
  readonly base: string
  readonly name: string | null
  readonly instructions: readonly Instruction[]
}

/** A Dockerfile that this reader does not accept; it is stricter than Docker's. The message names the line. */
export class DockerfileError extends Error {
  override name = 'DockerfileError'
}

const optionsAtStart = (text: string) => {
  const options: Record<string, string> = {}
  let rest = text
  for (let found = /^--([a-z-]+)=(\S+)\s+/.exec(rest); found; found = /^--([a-z-]+)=(\S+)\s+/.exec(rest)) {
    options[found[1] ?? ''] = found[2] ?? ''
    rest = rest.slice(found[0].length)
  }
  return { options, rest }
}

/** Lines without comments and blanks, each with its number; continued lines are joined. */
const logicalLines = (text: string): { line: number; text: string }[] => {
  const lines: { line: number; text: string }[] = []
  let goesOn = false
  for (const [index, raw] of text.split('\n').entries()) {
    const part = raw.trim()
    if (/^#\s*(syntax|escape|check)\s*=/i.test(part))
      throw new DockerfileError(`line ${index + 1} is a parser directive; remove it`)
    if (part === '' || part.startsWith('#')) continue
    const said = part.replace(/\\$/, '')
    const last = lines.at(-1)
    if (goesOn && last) last.text += said
    else lines.push({ line: index + 1, text: said })
    goesOn = part.endsWith('\\')
  }
  if (goesOn) throw new DockerfileError(`line ${lines.at(-1)?.line} continues past the end of the file`)
  return lines
}

const readInstruction = ({ line, text }: { line: number; text: string }): Instruction => {
  const [, keyword, args] = /^([A-Za-z]+)\s+(.+)$/.exec(text) ?? []
  if (!keyword || !args) throw new DockerfileError(`line ${line} is not an instruction with arguments`)
  if (args.includes('<<')) throw new DockerfileError(`line ${line} begins a here-document; write files instead`)
  return { line, keyword: keyword.toUpperCase(), ...optionsAtStart(args) }
}

/**
 * The build stages of a Dockerfile. Nothing may precede the first.
 * @throws DockerfileError
 */
export const readDockerfile = (text: string): BuildStage[] => {
  const builds: { base: string; name: string | null; instructions: Instruction[] }[] = []
  for (const instruction of logicalLines(text).map(readInstruction)) {
    const { keyword, rest, line } = instruction
    if (keyword === 'FROM') {
      const [, base = '', name = null] = /^(\S+)(?:\s+[Aa][Ss]\s+(\S+))?$/.exec(rest) ?? []
      if (base === '') throw new DockerfileError(`line ${line} is not FROM IMAGE [AS NAME]`)
      builds.push({ base, name, instructions: [] })
      continue
    }
    const build = builds.at(-1)
    if (!build) throw new DockerfileError(`line ${line} precedes the first FROM; remove it`)
    build.instructions.push(instruction)
  }
  if (builds.length === 0) throw new DockerfileError('it has no FROM')
  return builds
}
