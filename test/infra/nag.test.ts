import { rmSync } from 'node:fs'
import { App } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../../bin/app.ts'
import { stages } from '../../bin/stages.ts'
import { acknowledged } from './acknowledged.ts'
import { context } from './templates.ts'

interface Finding {
  readonly id: string
  readonly on: string
}

const packs: (new (app: App) => NagPack)[] = [AwsSolutionsChecks, ServerlessChecks]

const findings = (env: string, bus: string): Finding[] => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  try {
    build(env, app, bus)
    return packs.flatMap((Pack) =>
      (new Pack(app).validateScope(app).violations ?? []).flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath = '' }) => ({
          id: ruleName,
          on: constructPath.replace(/^sluice-\w+-/, ''),
        })),
      ),
    )
  } finally {
    rmSync(app.outdir, { recursive: true, force: true })
  }
}

const covers = (finding: Finding) => acknowledged.filter(({ id, on }) => id === finding.id && on.test(finding.on))

describe('cdk-nag, packs AwsSolutions and Serverless', () => {
  const found = new Map<string, Finding[]>()
  beforeAll(() => {
    for (const env of Object.keys(stages))
      for (const bus of ['sqs', 'kinesis']) found.set(`${env} on ${bus}`, findings(env, bus))
  })

  test.each(Object.keys(stages).flatMap((env) => ['sqs', 'kinesis'].map((bus) => `${env} on ${bus}`)))(
    '%s has no finding but those that are acknowledged, each once',
    (name) => {
      const all = found.get(name) ?? []
      expect(all.length).toBeGreaterThan(0)
      expect(all.filter((finding) => covers(finding).length !== 1)).toEqual([])
    },
  )

  test('nothing is acknowledged that is not found any more, and everything has a reason', () => {
    const all = [...found.values()].flat()
    expect(acknowledged.filter((one) => !all.some((finding) => covers(finding).includes(one)))).toEqual([])
    expect(acknowledged.filter(({ reason }) => reason.length < 25)).toEqual([])
  })

  test('what only a stage that is not kept may do is not found in prod', () => {
    const prod = [...(found.get('prod on sqs') ?? []), ...(found.get('prod on kinesis') ?? [])].map(({ id }) => id)
    expect(prod.filter((id) => /RDS(3|10|13)$/.test(id))).toEqual([])
  })
})
