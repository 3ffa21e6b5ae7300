import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { stages } from '../../bin/stages.ts'
import { variantOf } from '../../bin/variants.ts'
import { buses, type Stage, sigfoxDoors } from '../../lib/stage/stage.ts'
import { ourFunctions, resources, type Synthesised, synthesiseStages } from '../support/templates.ts'

type Variant = `${Stage['bus']} ${Stage['sigfoxDoor']}`

/** A stage in its four variants. */
const variantsOf = (stage: Stage) =>
  Object.fromEntries(
    buses.flatMap((bus) =>
      sigfoxDoors.map((door) => [`${bus} ${door}`, synthesiseStages([variantOf(stage, bus, door)])[0]] as const),
    ),
  ) as Record<Variant, Synthesised>

/** Types whose loss is a loss: of data, of a secret, of an address, or of the network that holds them. */
const stateful =
  /^AWS::(RDS::.*|S3::Bucket|SecretsManager::Secret|SQS::Queue|Kinesis::Stream|EC2::(EIP|VPC|Subnet|SecurityGroup)|ElasticLoadBalancingV2::LoadBalancer)$/
/** Of these, what belongs to a bus: it comes and goes with it, and in a stage that is kept it is left behind. */
const ofTheBus = /^(Process\w+(Queue|Stream|DeadLetters)|Undelivered|NetworkBus\w*)[0-9A-F]{8}$/

const resourcesOf = (template: Template) =>
  Object.entries<{ Type: string; DeletionPolicy?: string }>(template.toJSON().Resources)

describe.each(Object.values(stages))('a change of ingest in $name', (stage) => {
  const variants = variantsOf(stage)
  const names = Object.keys(variants) as Variant[]

  test.each(buses)('from one door to the other leaves data on %s word for word as it is, exports too', (bus) => {
    // An export that goes while it is still imported stops a deployment, so even these must not differ.
    expect(variants[`${bus} container`].data.toJSON()).toEqual(variants[`${bus} lambda`].data.toJSON())
  })

  test('whatever the bus and the door, no resource that holds something is another, or in another place', () => {
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
    // Every property, so none that would replace it.
    for (const others of kept.slice(1)) expect(others).toEqual(kept[0])
  })

  test('from one bus to the other, topics go but are not deleted where data is kept', () => {
    const [sqs, kinesis] = [variants['sqs lambda'], variants['kinesis lambda']].map(({ data }) => resourcesOf(data))
    const gone = sqs?.filter(([id]) => !kinesis?.some(([other]) => other === id)) ?? []
    const topics = gone.filter(([, { Type }]) => stateful.test(Type))
    expect(topics).toHaveLength(8)
    for (const [id, { DeletionPolicy }] of topics) {
      expect(id).toMatch(ofTheBus)
      expect(DeletionPolicy).toBe(stage.keepData ? 'Retain' : 'Delete')
    }
  })

  test.each(['sqs lambda', 'sqs container', 'kinesis lambda', 'kinesis container'] as const)(
    'is made after data, which knows nothing of it: %s',
    (name) => {
      const { data, ingest, order } = variants[name]
      expect(order).toEqual({ data: [], ingest: [`sluice-${stage.name}-data`] })
      expect(JSON.stringify(data.toJSON())).not.toContain('Fn::ImportValue')
      expect(resourcesOf(ingest).filter(([, { Type }]) => stateful.test(Type) && !/SecurityGroup/.test(Type))).toEqual(
        [],
      )
    },
  )

  test.each(names)('waits for the migrations, and is rolled back if they fail: %s', (name) => {
    const { ingest } = variants[name]
    const [[id, { Properties }]] = resources(ingest, 'Custom::Trigger') as [[string, { Properties: object }]]
    // Waits for the answer, and fails with its error; a new migration is a new version, and runs.
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
