import type { BuildStage, Instruction } from './dockerfile.ts'

type Rule = (builds: readonly BuildStage[]) => string[]

/** The last build stage is the image; the others are discarded. */
const imageOf = (builds: readonly BuildStage[]): BuildStage => builds.at(-1) as BuildStage

const all = (builds: readonly BuildStage[], keyword?: string): Instruction[] =>
  builds.flatMap(({ instructions }) => instructions).filter((one) => keyword === undefined || one.keyword === keyword)

/** The words of an exec form; null if it is a shell form. */
export const execForm = (text: string): string[] | null => {
  try {
    const words: unknown = JSON.parse(text)
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null
  } catch {
    return null
  }
}

const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD', 'LABEL']

const onlyKnown: Rule = (builds) =>
  all(builds)
    .filter(({ keyword }) => !known.includes(keyword))
    .map(({ line, keyword }) =>
      keyword === 'ARG'
        ? `line ${line}: ARG lets the person who builds change the image, and stays in its history; remove it`
        : `line ${line}: ${keyword} is not allowed here; the allowed instructions are ${known.join(', ')}`,
    )

/** The images to fetch, each once. */
const basesOf = (builds: readonly BuildStage[]): string[] => [
  ...new Set(builds.map(({ base }) => base).filter((base) => !builds.some(({ name }) => name === base))),
]

const pinned: Rule = (builds) =>
  basesOf(builds)
    .filter((base) => !/^[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z0-9.]+)*@sha256:[0-9a-f]{64}$/.test(base))
    .map((base) => `the base ${base} is not pinned; write name:MAJOR.MINOR.PATCH-variant@sha256:DIGEST`)

const oneBase: Rule = (builds) => {
  const bases = basesOf(builds)
  return bases.length > 1
    ? [
        `it has ${bases.length} bases, ${bases.join(' and ')}; the Node that checks the bundle must be the one that runs it`,
      ]
    : []
}

/** A COPY or RUN after USER would run as that user. A host cannot check a user that is set by name. */
const numericUser: Rule = (builds) => {
  const { instructions } = imageOf(builds)
  const at = instructions.findLastIndex(({ keyword }) => keyword === 'USER')
  const user = instructions[at]
  if (!user) return ['the image has no USER, so it runs as root; end it with USER 10001:10001']
  if (!/^[1-9]\d*:[1-9]\d*$/.test(user.rest))
    return [`line ${user.line}: USER ${user.rest} is not a non-zero number with a group; write USER 10001:10001`]
  const after = instructions.slice(at).find(({ keyword }) => keyword === 'COPY' || keyword === 'RUN')
  return after
    ? [`line ${after.line}: ${after.keyword} comes after USER; the files of the image must belong to root`]
    : []
}

const secretName = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY/i

const noSecrets: Rule = (builds) =>
  all(builds)
    .filter(({ keyword, rest, options }) =>
      keyword === 'ENV' || keyword === 'LABEL' ? secretName.test(rest) : 'mount' in options,
    )
    .map(({ line, keyword }) => `line ${line}: ${keyword} may put a secret into the image; read secrets at run time`)

/** Nothing is installed or built in the image itself. */
const runsNothing: Rule = (builds) =>
  imageOf(builds)
    .instructions.filter(({ keyword }) => keyword === 'RUN')
    .map(({ line }) => `line ${line}: RUN in the image itself; run it in an earlier build stage and copy the one file`)

const builderRuns: Rule = (builds) =>
  builds
    .slice(0, -1)
    .flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'))
    .filter(({ rest }) => execForm(rest)?.[0] !== 'node')
    .map(({ line }) => `line ${line}: RUN runs something other than node; a build that fetches nothing is reproducible`)

const command: Rule = (builds) => {
  const cmd = imageOf(builds).instructions.findLast(({ keyword }) => keyword === 'CMD')
  const words = execForm(cmd?.rest ?? '')
  if (!cmd) return ['the image has no CMD; end it with CMD ["node", "gateway.mjs"]']
  return words?.[0] === 'node'
    ? []
    : [`line ${cmd.line}: CMD is not ["node", …]; a shell in between would not pass the stop signal on`]
}

const healthCheck: Rule = (builds) => {
  const check = imageOf(builds).instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK')
  if (!check) return ['the image has no HEALTHCHECK']
  const words = execForm(check.rest.replace(/^CMD\s+/, ''))
  return words?.[0] === 'node'
    ? []
    : [`line ${check.line}: HEALTHCHECK is not CMD ["node", …]; the image holds no other program to ask with`]
}

export const rules: readonly Rule[] = [
  onlyKnown,
  pinned,
  oneBase,
  numericUser,
  noSecrets,
  runsNothing,
  builderRuns,
  command,
  healthCheck,
]
