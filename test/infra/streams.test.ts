import { rmSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { describe, expect, test } from 'vitest'
import { partitionGroups } from '../../adapters/kinesis/partition.ts'
import { build } from '../../bin/app.ts'
import { StageError } from '../../bin/choices.ts'
import { dev, load, prod, stages } from '../../bin/stages.ts'
import { checkStage } from '../../lib/stage/check-stage.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { context, resources, synthesise, topics } from '../support/templates.ts'

type Statement = { Action: string | string[]; Resource: unknown }

describe.each(synthesise(['kinesis']))('streams of $stage.name', ({ stage, data, ingest }) => {
  const streams = resources(data, 'AWS::Kinesis::Stream')
  const mappings = resources(ingest, 'AWS::Lambda::EventSourceMapping').map(([id, { Properties }]) => ({
    id,
    ...Properties,
  }))

  test('the four topics keep unread records for a week, encrypted', () => {
    expect(streams.map(([id]) => id.slice(0, -8)).sort()).toEqual(topics.map((topic) => `${topic}Stream`).sort())
    for (const [, { Properties }] of streams)
      expect(Properties).toMatchObject({
        RetentionPeriodHours: 7 * 24,
        ShardCount: stage.shards,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      })
    expect(resources(data, 'AWS::SQS::Queue')).toEqual([])
  })

  test('a mapping never gives up a record, halves a failed batch, and starts with the first record', () => {
    expect(mappings).toHaveLength(4)
    for (const mapping of mappings)
      expect(mapping).toMatchObject({
        MaximumRetryAttempts: -1,
        MaximumRecordAgeInSeconds: -1,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        StartingPosition: 'TRIM_HORIZON',
        MetricsConfig: { Metrics: ['EventCount'] },
      })
  })

  test('batch, window and concurrency are those of the stage', () => {
    for (const mapping of mappings) {
      const { batchSize, windowSeconds, maxConcurrency } = mapping.id.includes('RawWorker') ? stage.raw : stage.pulse
      expect(mapping).toMatchObject({ BatchSize: batchSize, MaximumBatchingWindowInSeconds: windowSeconds })
      expect(mapping.ParallelizationFactor * Number(stage.shards)).toBe(maxConcurrency)
      expect(maxConcurrency).toBeLessThanOrEqual(partitionGroups)
    }
  })

  test('undelivered records go to a private bucket that requires TLS', () => {
    const [[bucketId, bucket]] = resources(data, 'AWS::S3::Bucket') as [[string, { Properties: object }]]
    for (const { DestinationConfig } of mappings)
      expect(JSON.stringify(DestinationConfig.OnFailure.Destination)).toContain(bucketId)
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{}] },
    })
    data.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
    })
  })

  test('publishers may only put records, and a worker reads only its own stream', () => {
    const granted: Record<string, string[]> = {}
    for (const [id, { Properties }] of resources(ingest, 'AWS::IAM::Policy'))
      for (const { Action, Resource } of Properties.PolicyDocument.Statement as Statement[])
        for (const action of [Action].flat().filter((name) => name.startsWith('kinesis:'))) {
          const topic = topics.find((name) => JSON.stringify(Resource).includes(name))
          const role = id.replace(/(Service|Task)?(Task)?RoleDefaultPolicy.*/, '')
          granted[role] = [...(granted[role] ?? []), `${action.slice(8)} ${topic}`]
        }
    const reading = (topic: string) =>
      ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
        (action) => `${action} ${topic}`,
      )
    expect(granted).toEqual({
      SigfoxApiCallback: ['PutRecords ProcessRawDataSigfox'],
      UdpGateway: ['PutRecords ProcessRawDataNBIoT'],
      SigfoxRawWorker: ['PutRecords ProcessPulseDataSigfox', ...reading('ProcessRawDataSigfox')],
      SigfoxPulseWorker: reading('ProcessPulseDataSigfox'),
      NBIoTRawWorker: ['PutRecords ProcessPulseDataNBIoT', ...reading('ProcessRawDataNBIoT')],
      NBIoTPulseWorker: reading('ProcessPulseDataNBIoT'),
    })
  })

  test('the network has an endpoint for the streams', () => {
    const [[, { Properties }]] = resources(data, 'AWS::EC2::VPCEndpoint') as [[string, { Properties: object }]]
    expect(JSON.stringify(Properties)).toContain('.kinesis-streams"')
  })
})

describe('a stage that cannot work on Kinesis is refused', () => {
  const onKinesis = (stage: Stage, changes: Partial<Stage>): Stage => ({ ...stage, bus: 'kinesis', ...changes })
  const faults: [title: string, stage: Stage, fault: RegExp][] = [
    ['no shard', onKinesis(dev, { shards: 0 }), /^shards is 0; .* 1 to 16, or on-demand/],
    ['more shards than partition groups', onKinesis(dev, { shards: 17 }), /^shards is 17/],
    [
      'shards with unequal numbers of readers',
      onKinesis(load, { shards: 4, pulse: { ...load.pulse, maxConcurrency: 8 } }),
      /^raw\.maxConcurrency is 10 with shards 4; .* multiple of 4 from 4 to 16\.$/,
    ],
    [
      'more than 10 readers of a shard',
      onKinesis(prod, { raw: { ...prod.raw, maxConcurrency: 11 } }),
      /^raw\.maxConcurrency is 11 with shards 1; .* from 1 to 10\.$/,
    ],
    [
      'more readers than partition groups',
      onKinesis(load, {
        shards: 3,
        raw: { ...load.raw, maxConcurrency: 18 },
        pulse: { ...load.pulse, maxConcurrency: 3 },
      }),
      /^raw\.maxConcurrency is 18 with shards 3; .* from 3 to 15\.$/,
    ],
    [
      'more readers than partition groups, on demand',
      onKinesis(load, { shards: 'on-demand', pulse: { ...load.pulse, maxConcurrency: 17 } }),
      /^pulse\.maxConcurrency is 17; .* 1 to 16/,
    ],
    [
      'workers that nothing bounds',
      onKinesis(dev, { shards: 'on-demand' }),
      /^reserveConcurrency is false and shards on-demand; /,
    ],
  ]
  test.each(faults)('%s', (_, stage, fault) => {
    expect(checkStage(stage)).toEqual([expect.stringMatching(fault)])
  })

  test('but not for the limits of SQS', () => {
    const raw = { ...dev.raw, batchSize: 100, timeoutSeconds: 3, maxConcurrency: 1 }
    expect(checkStage(onKinesis(dev, { raw }))).toEqual([])
    expect(checkStage({ ...dev, raw })).toHaveLength(3)
  })
})

test('with on-demand shards, reserved concurrency bounds the functions', () => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  stages.elastic = { ...load, name: 'elastic', bus: 'kinesis', shards: 'on-demand' }
  try {
    const { data, ingest } = build('elastic', app)
    const modes = resources(Template.fromStack(data), 'AWS::Kinesis::Stream').map(([, { Properties }]) => [
      Properties.StreamModeDetails.StreamMode,
      Properties.ShardCount,
    ])
    expect(modes).toEqual(Array(4).fill(['ON_DEMAND', undefined]))
    const template = Template.fromStack(ingest)
    const workers = resources(template, 'AWS::Lambda::Function').filter(([id]) => id.includes('Worker'))
    expect(workers.map(([, { Properties }]) => Properties.ReservedConcurrentExecutions)).toEqual(
      Array(4).fill(load.raw.maxConcurrency),
    )
    for (const [, { Properties }] of resources(template, 'AWS::Lambda::EventSourceMapping'))
      expect(Properties.ParallelizationFactor).toBe(1)
  } finally {
    delete stages.elastic
    rmSync(app.outdir, { recursive: true, force: true })
  }
})

test('an unknown bus gives one sentence with the known ones', () => {
  expect(() => build('dev', new App(), { bus: 'nats' })).toThrow(
    new StageError('There is no bus "nats"; choose one of sqs, kinesis with -c bus=NAME.'),
  )
})
