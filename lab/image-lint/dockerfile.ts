/** A line of a Dockerfile, continuations joined. */
export interface Instruction {
  /** Where it begins, from 1. */
  readonly line: number
  /** In capitals. */
  readonly keyword: string
  /** `--name=value` options before the arguments. */
  readonly options: Readonly<Record<string, string>>
  /** What follows the options. */
  readonly rest: string
}

/** What `FROM` begins. */
export interface Stage {
  readonly base: string
  readonly name: string | null
  readonly instructions: readonly Instruction[]
}

/** A Dockerfile that this reader, stricter than Docker's, does not take; the message names the line. */
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

/** Lines that say something, each with its number; those that go on are one. */
const logicalLines = (text: string): { line: number; text: string }[] => {
  const lines: { line: number; text: string }[] = []
  let goesOn = false
  for (const [index, raw] of text.split('\n').entries()) {
    const part = raw.trim()
    if (/^#\s*(syntax|escape|check)\s*=/i.test(part))
      throw new DockerfileError(`line ${index + 1} is a directive of the parser; leave it out`)
    if (part === '' || part.startsWith('#')) continue
    const said = part.replace(/\\$/, '')
    const last = lines.at(-1)
    if (goesOn && last) last.text += said
    else lines.push({ line: index + 1, text: said })
    goesOn = part.endsWith('\\')
  }
  if (goesOn) throw new DockerfileError(`line ${lines.at(-1)?.line} goes on after the end of the file`)
  return lines
}

const readInstruction = ({ line, text }: { line: number; text: string }): Instruction => {
  const [, keyword, args] = /^([A-Za-z]+)\s+(.+)$/.exec(text) ?? []
  if (!keyword || !args) throw new DockerfileError(`line ${line} is no instruction with arguments`)
  if (args.includes('<<')) throw new DockerfileError(`line ${line} begins a here-document; write files instead`)
  return { line, keyword: keyword.toUpperCase(), ...optionsAtStart(args) }
}

/**
 * The stages of a Dockerfile. Nothing may stand before the first.
 * @throws DockerfileError
 */
export const readDockerfile = (text: string): Stage[] => {
  const stages: { base: string; name: string | null; instructions: Instruction[] }[] = []
  for (const instruction of logicalLines(text).map(readInstruction)) {
    const { keyword, rest, line } = instruction
    if (keyword === 'FROM') {
      const [, base = '', name = null] = /^(\S+)(?:\s+[Aa][Ss]\s+(\S+))?$/.exec(rest) ?? []
      if (base === '') throw new DockerfileError(`line ${line} is no FROM IMAGE [AS NAME]`)
      stages.push({ base, name, instructions: [] })
      continue
    }
    const stage = stages.at(-1)
    if (!stage) throw new DockerfileError(`line ${line} stands before the first FROM; leave it out`)
    stage.instructions.push(instruction)
  }
  if (stages.length === 0) throw new DockerfileError('it has no FROM')
  return stages
}
