import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib/core'
import { afterAll, describe, expect, test } from 'vitest'
import { build } from '../../bin/app.ts'
import { prod } from '../../bin/stages.ts'
import { variantOf } from '../../bin/variants.ts'
import { buses, sigfoxDoors } from '../../lib/stage/stage.ts'
import { context, synthesiseStages } from '../support/templates.ts'
import type { Template } from './guard-template.ts'

const outdir = mkdtempSync(join(tmpdir(), 'sluice-first-'))
afterAll(() => rmSync(outdir, { recursive: true }))
const newApp = () => new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } })

const first = buses.flatMap((bus) =>
  sigfoxDoors.flatMap((door) => synthesiseStages([{ ...variantOf(prod, bus, door), protected: false }])),
)

/**
 * What the rollback of a failed creation leaves behind or cannot delete (CloudFormation user guide, DeletionPolicy
 * attribute; RDS and Elastic Load Balancing, deletion protection). Custom resources end with their functions.
 */
const leftBehind = ({ Resources }: Template) =>
  Object.entries(Resources).flatMap(([id, { Type, DeletionPolicy, Properties = {} }]) => {
    const isProtected =
      Properties.DeletionProtection === true ||
      (Properties.LoadBalancerAttributes ?? []).some(
        ({ Key, Value }: { Key: string; Value: string }) => Key === 'deletion_protection.enabled' && Value === 'true',
      )
    if (isProtected) return [`${Type} ${id} refuses to be deleted`]
    return DeletionPolicy === 'Retain' ? [`${Type} ${id} stays`] : []
  })

describe.each(first)('a creation of $stage.name on $stage.bus behind $stage.sigfoxDoor that fails', (synthesised) => {
  test.each(['data', 'ingest'] as const)('leaves nothing of %s behind, so that it can be tried again', (stack) => {
    const template = synthesised[stack].toJSON() as Template
    expect(Object.keys(template.Resources).length).toBeGreaterThan(30)
    expect(leftBehind(template)).toEqual([])
  })

  test('but what holds data outlives a stack that was made', () => {
    const kept = Object.values((synthesised.data.toJSON() as Template).Resources).filter(
      ({ DeletionPolicy }) => DeletionPolicy === 'RetainExceptOnCreate',
    )
    expect(kept.map(({ Type }) => Type)).toEqual(
      expect.arrayContaining(['AWS::EC2::EIP', 'AWS::SecretsManager::Secret']),
    )
  })
})

test('prod is protected unless its first deployment says otherwise, in stack, database and load balancer', () => {
  const app = (choice: Record<string, string>) => build('prod', newApp(), choice)
  expect(app({}).data.terminationProtection).toBe(true)
  expect(app({ protected: 'false' }).data.terminationProtection).toBe(false)
  const [{ data }] = synthesiseStages([prod]) as [(typeof first)[0]]
  expect(leftBehind(data.toJSON() as Template).map((found) => found.split(' ')[0])).toEqual([
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::RDS::DBInstance',
  ])
  expect(() => app({ protected: 'perhaps' })).toThrow('There is no protection "perhaps"; choose one of true, false')
})

test('each stack carries its tags itself, for what CDK cannot tag', () => {
  const { data, ingest, stage } = build('dev', newApp())
  const tags = { Project: 'sluice', Stage: stage.name }
  for (const stack of [data, ingest]) expect(stack.tags.tagValues()).toMatchObject(tags)
})
