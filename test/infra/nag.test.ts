import { rmSync } from 'node:fs'
import { App } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildStage } from '../../bin/app.ts'
import { variantsOf } from '../../bin/variants.ts'
import { buses, type Stage, sigfoxDoors } from '../../lib/stage/stage.ts'
import { context } from '../support/templates.ts'
import { acknowledged } from './acknowledged.ts'

interface Finding {
  readonly id: string
  readonly on: string
}

const packs: (new (app: App) => NagPack)[] = [AwsSolutionsChecks, ServerlessChecks]

const findings = (stage: Stage): Finding[] => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  try {
    buildStage(stage, app)
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

const variants = buses.flatMap((bus) => sigfoxDoors.flatMap((door) => variantsOf(bus, door)))
const titled = ({ name, bus, sigfoxDoor }: Stage) => `${name} on ${bus} with ${sigfoxDoor}`

describe('cdk-nag, packs AwsSolutions and Serverless', () => {
  const found = new Map<string, Finding[]>()
  beforeAll(() => {
    for (const stage of variants) found.set(titled(stage), findings(stage))
  }, 60_000)

  test.each(variants.map(titled))('%s has only acknowledged findings, each acknowledged once (P29)', (name) => {
    const all = found.get(name) ?? []
    expect(all.length).toBeGreaterThan(0)
    expect(all.filter((finding) => covers(finding).length !== 1)).toEqual([])
  })

  test('every acknowledged finding still exists and has a reason', () => {
    const all = [...found.values()].flat()
    expect(acknowledged.filter((one) => !all.some((finding) => covers(finding).includes(one)))).toEqual([])
    expect(acknowledged.filter(({ reason }) => reason.length < 25)).toEqual([])
  })

  test('prod has none of the findings that keepData: false explains', () => {
    const prod = [...found].filter(([name]) => name.startsWith('prod')).flatMap(([, all]) => all)
    expect(prod.length).toBeGreaterThan(0)
    expect(prod.filter(({ id }) => /RDS(3|10|13)$/.test(id))).toEqual([])
  })
})
