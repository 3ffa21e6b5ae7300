import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { stages } from '../../bin/stages.ts'
import { variantOf } from '../../bin/variants.ts'
import { buses, type Stage, sigfoxDoors } from '../../lib/stage/stage.ts'
import { ourFunctions, resources, type Synthesised, synthesiseStages } from '../support/templates.ts'

type Variant = `${Stage['bus']} ${Stage['sigfoxDoor']}`

/** A stage on each bus and behind each Sigfox door. */
const variantsOf = (stage: Stage) =>
  Object.fromEntries(
    buses.flatMap((bus) =>
      sigfoxDoors.map((door) => [`${bus} ${door}`, synthesiseStages([variantOf(stage, bus, door)])[0]] as const),
    ),
  ) as Record<Variant, Synthesised>

/** Types that must not be lost: they hold data, a secret or an address, or are the network of those that do. */
const stateful =
  /^AWS::(RDS::DB.*|S3::Bucket|SecretsManager::Secret|SQS::Queue|Kinesis::Stream|EC2::(EIP|VPC|Subnet|SecurityGroup)|ElasticLoadBalancingV2::LoadBalancer)$/
/** Stateful resources of one bus. A change of the bus removes them from the template; keepData retains them. */
const ofTheBus = /^(Process\w+(Queue|Stream|DeadLetters)|Undelivered|NetworkBus\w*)[0-9A-F]{8}$/

const resourcesOf = (template: Template) =>
  Object.entries<{ Type: string; DeletionPolicy?: string }>(template.toJSON().Resources)

describe.each(Object.values(stages))('a change of ingest in $name', (stage) => {
  const variants = variantsOf(stage)
  const names = Object.keys(variants) as Variant[]

  test.each(buses)('from one Sigfox door to the other leaves the data stack on %s unchanged, exports too', (bus) => {
    // Removing an export that is still imported stops a deployment, so exports must not differ either.
    expect(variants[`${bus} container`].data.toJSON()).toEqual(variants[`${bus} lambda`].data.toJSON())
  })

  test('to any bus and door replaces and changes no stateful resource', () => {
    const kept = names.map((name) =>
      resourcesOf(variants[name].data).filter(([id, { Type }]) => stateful.test(Type) && !ofTheBus.test(id)),
    )
    expect(kept[0]?.map(([, { Type }]) => Type)).toEqual(
      expect.arrayContaining([
        'AWS::RDS::DBInstance',
        'AWS::SecretsManager::Secret',
        'AWS::EC2::EIP',
        'AWS::ElasticLoadBalancingV2::LoadBalancer',
      ]),
    )
    // Every property is equal, so none can cause a replacement.
    for (const others of kept.slice(1)) expect(others).toEqual(kept[0])
  })

  test('from one bus to the other removes topics, but a stage with keepData retains them', () => {
    const [sqs, kinesis] = [variants['sqs lambda'], variants['kinesis lambda']].map(({ data }) => resourcesOf(data))
    const gone = sqs?.filter(([id]) => !kinesis?.some(([other]) => other === id)) ?? []
    const topics = gone.filter(([, { Type }]) => stateful.test(Type))
    expect(topics).toHaveLength(8)
    for (const [id, { DeletionPolicy }] of topics) {
      expect(id).toMatch(ofTheBus)
      expect(DeletionPolicy).toBe(stage.keepData ? 'RetainExceptOnCreate' : 'Delete')
    }
  })

  test.each(['sqs lambda', 'sqs container', 'kinesis lambda', 'kinesis container'] as const)(
    'comes after the data stack, which does not depend on it: %s',
    (name) => {
      const { data, ingest, order } = variants[name]
      expect(order).toEqual({ data: [], ingest: [`sluice-${stage.name}-data`] })
      expect(JSON.stringify(data.toJSON())).not.toMatch(/Fn::(ImportValue|GetStackOutput)/)
      expect(resourcesOf(ingest).filter(([, { Type }]) => stateful.test(Type) && !/SecurityGroup/.test(Type))).toEqual(
        [],
      )
    },
  )

  test.each(names)('waits for the migrations, and is rolled back if they fail: %s', (name) => {
    const { ingest } = variants[name]
    const [[id, { Properties }]] = resources(ingest, 'Custom::Trigger') as [[string, { Properties: object }]]
    // The deployment waits for the answer and fails on an error. A new migration is a new version, so it runs.
    expect(Properties).toMatchObject({
      InvocationType: 'RequestResponse',
      HandlerArn: { Ref: expect.stringMatching(/^UpkeepCurrentVersion/) },
    })
    const waiting = [...ourFunctions(ingest), ...resources(ingest, 'AWS::Lambda::EventSourceMapping')].filter(
      ([, { DependsOn }]) => DependsOn?.includes(id),
    )
    expect(
      waiting.map(([one]) => one).filter((one) => /^(Sigfox|NBIoT)(Raw|Pulse)|^ReadingApi/.test(one)),
    ).toHaveLength(9)
  })
})
