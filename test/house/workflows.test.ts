import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

interface Step {
  readonly name?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly environment?: string
  readonly if?: string
  readonly 'timeout-minutes'?: number
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly permissions: object
  readonly concurrency: { readonly 'cancel-in-progress': unknown }
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = join(import.meta.dirname, '../../.github/workflows')
const workflows = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  return { file, text, workflow: parse(text) as Workflow }
})
const { scripts } = JSON.parse(readFileSync(join(folder, '../../package.json'), 'utf8'))

const jobOf = (file: string, name: string): Job => {
  const job = workflows.find((one) => one.file === file)?.workflow.jobs[name]
  if (!job) throw new Error(`${file} has no job ${name}`)
  return job
}
const commandsOf = ({ steps }: Job) => steps.map(({ run = '' }) => run).join('\n')

/** All that any job may do: reading, and what it is there for. */
const allowed: Record<string, Record<string, string>> = {
  'ci.yml check': { contents: 'read' },
  'ci.yml lab': { contents: 'read' },
  'ci.yml synth': { contents: 'read' },
  'ci.yml diff': { contents: 'read' },
  'ci.yml comment': { 'pull-requests': 'write' },
  'deploy.yml deploy': { contents: 'read', deployments: 'read', 'id-token': 'write' },
}

/** Whose code runs beside ours. */
const trusted =
  /^(actions\/(checkout|setup-node|upload-artifact|download-artifact)|aws-actions\/configure-aws-credentials)$/

test('each job may do what the list says, and nothing by default', () => {
  const found = workflows.flatMap(({ file, workflow }) =>
    Object.entries(workflow.jobs).map(([name, { permissions }]) => [`${file} ${name}`, permissions] as const),
  )
  expect(Object.fromEntries(found)).toEqual(allowed)
  for (const { workflow } of workflows) expect(workflow.permissions).toEqual({})
})

describe.each(workflows)('$file', ({ file, text, workflow }) => {
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)

  test('runs actions of few owners, each pinned by commit with its version beside it', () => {
    const lines = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line))
    expect(lines.length).toBe(steps.filter(({ uses }) => uses).length)
    for (const line of lines) {
      const pinned = /uses: ([\w-]+\/[\w-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.exec(line)
      expect(pinned?.[1] ?? line).toMatch(trusted)
    }
    const versions = lines.map((line) => line.replace(/.*uses: /, ''))
    const actions = new Set(versions.map((version) => version.split('@')[0]))
    expect(new Set(versions).size).toBe(actions.size)
  })

  test('has no secret, and shows none: no key of AWS, no trace of commands, no dump of the environment', () => {
    expect(text).not.toMatch(/secrets[.[]|aws-access-key|aws-secret/i)
    for (const { run = '' } of steps) {
      expect(run).not.toMatch(/set -[a-z]*x|\bprintenv\b|^\s*env\s*$|\bget-secret-value\b|GH_TOKEN/m)
      // what others can name (a branch, a title) never becomes a part of a command
      expect(run).not.toMatch(/\$\{\{/)
    }
    for (const { with: given, uses = '' } of steps)
      if (uses.startsWith('actions/checkout@')) expect(given?.['persist-credentials']).toBe(false)
  })

  test('installs what is locked, and runs scripts that there are', () => {
    const commands = steps.map(({ run = '' }) => run).join('\n')
    expect(commands).not.toMatch(/npm (install|i|add|update|exec)\b|npx (?!cdk )/)
    const named = [...commands.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test('ends every job in time', () => {
    // A deployment may wait three hours for a service and as long for its rollback: cut off before, nothing would go back.
    const isDeployment = file === 'deploy.yml'
    for (const job of Object.values(workflow.jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThanOrEqual(isDeployment ? 350 : 1)
      expect(job['timeout-minutes']).toBeLessThanOrEqual(isDeployment ? 360 : 120)
    }
  })
})

test('code of a pull request has neither AWS nor a pen: who writes the comment runs none of it', () => {
  const ci = workflows.find(({ file }) => file === 'ci.yml')
  expect(ci?.text).not.toMatch(/configure-aws-credentials|pull_request_target/)
  const comment = jobOf('ci.yml', 'comment')
  expect(comment.if).toBe('github.event.pull_request.head.repo.full_name == github.repository')
  expect(comment.steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout'))).toEqual([])
  expect(commandsOf(comment)).toMatch(/^\s*gh pr comment \S+ [^\n]*--body-file comment\.md$/)
})

test('all of `npm run check` runs, the lab in a job of its own, and the packages of what is deployed are kept', () => {
  const commands = commandsOf(jobOf('ci.yml', 'check'))
  const parts: string[] = scripts.check.split(' && ')
  expect(parts.length).toBeGreaterThan(5)
  const [lab, ...own] = parts.toReversed()
  for (const command of ['npm ci', 'npm audit signatures', ...own]) expect(commands).toContain(command)
  expect(commandsOf(jobOf('ci.yml', 'lab'))).toContain(lab)
  expect(commands).toMatch(/npm sbom .*--sbom-format cyclonedx > sbom\.json/)
  expect(commandsOf(jobOf('ci.yml', 'synth'))).toContain('npm run synth:all')
})

describe('a deployment', () => {
  const deploy = jobOf('deploy.yml', 'deploy')
  const at = (words: RegExp) => deploy.steps.findIndex(({ run = '' }) => words.test(run))

  test('is approved in the environment of its stage, alone, and never cut off', () => {
    expect(deploy.environment).toMatch(/^\$\{\{ inputs\.stage \}\}$/)
    const { workflow } = workflows.find(({ file }) => file === 'deploy.yml') ?? {}
    expect(workflow?.concurrency['cancel-in-progress']).toBe(false)
  })

  test('sends a message through each door when it is done', () => {
    expect(at(/^npm run deploy /)).toBeGreaterThan(0)
    expect(at(/^npm run smoke /)).toBe(at(/^npm run deploy /) + 1)
    expect(deploy.steps[at(/^npm run smoke /)]?.if).toBeUndefined()
  })

  test('goes back only where it failed or was cancelled, and where there is a commit to go back to, with the ingest stack alone', () => {
    const back = deploy.steps.filter(({ if: condition }) => condition !== undefined)
    expect(back.length).toBeGreaterThan(0)
    expect(new Set(back.map(({ if: condition }) => condition))).toEqual(
      new Set([
        "(failure() || cancelled()) && steps.deploy.conclusion != 'skipped' && steps.before.outputs.commit != ''",
      ]),
    )
    const commands = back.map(({ run = '' }) => run).join('\n')
    expect(commands).toMatch(/^npx cdk deploy sluice-\$STAGE-ingest --exclusively /m)
    expect(commands).toMatch(/npm run smoke /)
    expect(commands).not.toMatch(/-data|--all/)
  })
})
