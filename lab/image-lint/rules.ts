import type { Instruction, Stage } from './dockerfile.ts'

type Rule = (stages: readonly Stage[]) => string[]

/** The last stage is the image; what stands in the others is gone. */
const imageOf = (stages: readonly Stage[]): Stage => stages.at(-1) as Stage

const all = (stages: readonly Stage[], keyword?: string): Instruction[] =>
  stages.flatMap(({ instructions }) => instructions).filter((one) => keyword === undefined || one.keyword === keyword)

/** The words of an exec form, null where it is none. */
export const execForm = (text: string): string[] | null => {
  try {
    const words: unknown = JSON.parse(text)
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null
  } catch {
    return null
  }
}

const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD', 'LABEL']

const onlyKnown: Rule = (stages) =>
  all(stages)
    .filter(({ keyword }) => !known.includes(keyword))
    .map(({ line, keyword }) =>
      keyword === 'ARG'
        ? `line ${line}: ARG lets whoever builds decide what is in the image, and stays in its history; leave it out`
        : `line ${line}: ${keyword} is not used here; of instructions there are ${known.join(', ')}`,
    )

/** The images that are fetched, each once. */
const basesOf = (stages: readonly Stage[]): string[] => [
  ...new Set(stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base))),
]

const pinned: Rule = (stages) =>
  basesOf(stages)
    .filter((base) => !/^[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z0-9.]+)*@sha256:[0-9a-f]{64}$/.test(base))
    .map((base) => `the base ${base} is not pinned; write name:MAJOR.MINOR.PATCH-variant@sha256:DIGEST`)

const oneBase: Rule = (stages) => {
  const bases = basesOf(stages)
  return bases.length > 1
    ? [`it has ${bases.length} bases, ${bases.join(' and ')}; check the bundle with the Node that runs it`]
    : []
}

/** A user set before a COPY or RUN would do these as well; one set by name cannot be checked by the host. */
const numericUser: Rule = (stages) => {
  const { instructions } = imageOf(stages)
  const at = instructions.findLastIndex(({ keyword }) => keyword === 'USER')
  const user = instructions[at]
  if (!user) return ['the image has no USER, so it runs as root; end it with USER 10001:10001']
  if (!/^[1-9]\d*:[1-9]\d*$/.test(user.rest))
    return [`line ${user.line}: USER ${user.rest} is no number other than 0 with a group; write USER 10001:10001`]
  const after = instructions.slice(at).find(({ keyword }) => keyword === 'COPY' || keyword === 'RUN')
  return after
    ? [`line ${after.line}: ${after.keyword} stands after USER; what the image is made of belongs to root`]
    : []
}

const secretName = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY/i

const noSecrets: Rule = (stages) =>
  all(stages)
    .filter(({ keyword, rest, options }) =>
      keyword === 'ENV' || keyword === 'LABEL' ? secretName.test(rest) : 'mount' in options,
    )
    .map(({ line, keyword }) => `line ${line}: ${keyword} brings a secret near the image; it is read when it runs`)

/** Nothing is installed or made in the image itself. */
const runsNothing: Rule = (stages) =>
  imageOf(stages)
    .instructions.filter(({ keyword }) => keyword === 'RUN')
    .map(({ line }) => `line ${line}: RUN in the image itself; do it in a stage before, and copy the one file`)

const builderRuns: Rule = (stages) =>
  stages
    .slice(0, -1)
    .flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'))
    .filter(({ rest }) => execForm(rest)?.[0] !== 'node')
    .map(({ line }) => `line ${line}: RUN does more than node; a build that fetches nothing is the same every day`)

const command: Rule = (stages) => {
  const cmd = imageOf(stages).instructions.findLast(({ keyword }) => keyword === 'CMD')
  const words = execForm(cmd?.rest ?? '')
  if (!cmd) return ['the image has no CMD; end it with CMD ["node", "gateway.mjs"]']
  return words?.[0] === 'node'
    ? []
    : [`line ${cmd.line}: CMD is not ["node", …]; a shell between would keep the signal to stop`]
}

const healthCheck: Rule = (stages) => {
  const check = imageOf(stages).instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK')
  if (!check) return ['the image has no HEALTHCHECK']
  const words = execForm(check.rest.replace(/^CMD\s+/, ''))
  return words?.[0] === 'node'
    ? []
    : [`line ${check.line}: HEALTHCHECK is not CMD ["node", …]; there is no other program in the image to ask with`]
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
