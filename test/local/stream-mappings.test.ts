import { expect, test } from 'vitest'
import { openCloud } from '../../local/template/cloud.ts'
import { declaredQueueMappings, declaredStreamMappings } from '../../local/template/mappings.ts'
import { declaredStreams } from '../../local/template/topics.ts'

const cloudWith = (mapping: Record<string, unknown>, stream: Record<string, unknown> = { ShardCount: 2 }) =>
  openCloud(
    {
      folder: '/out',
      stacks: [
        {
          name: 'app',
          outputs: {},
          parameters: {},
          resources: {
            RawStream1234ABCD: { Type: 'AWS::Kinesis::Stream', Properties: stream },
            WorkerFEDC0123: { Type: 'AWS::Lambda::Function', Properties: {} },
            Mapping: {
              Type: 'AWS::Lambda::EventSourceMapping',
              Properties: {
                EventSourceArn: { 'Fn::GetAtt': ['RawStream1234ABCD', 'Arn'] },
                FunctionName: { Ref: 'WorkerFEDC0123' },
                BatchSize: 1_000,
                MaximumBatchingWindowInSeconds: 5,
                ParallelizationFactor: 5,
                BisectBatchOnFunctionError: true,
                FunctionResponseTypes: ['ReportBatchItemFailures'],
                ...mapping,
              },
            },
          },
        },
      ],
    },
    { busUrl: 'http://127.0.0.1:1', databaseHost: '127.0.0.1', databasePort: 2 },
  )

const stream = { name: 'RawStream', arn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/RawStream', shards: 2 }

test('a mapping of a stream is what the template says, and its window follows the time scale', () => {
  const cloud = cloudWith({ MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1 })
  expect(declaredStreams(cloud)).toEqual([stream])
  expect(declaredStreamMappings(cloud, 10)).toEqual([
    {
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:Worker',
      stream,
      batchSize: 1_000,
      windowSeconds: 0.5,
      factor: 5,
      bisects: true,
      reportsFailures: true,
      mostConcurrent: 10,
    },
  ])
  expect(declaredQueueMappings(cloud, 'http://127.0.0.1:1', 10)).toEqual([])
})

test('a stream on demand has the four shards that AWS gives a new one', () => {
  const onDemand = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }
  expect(declaredStreams(cloudWith({}, onDemand))).toEqual([{ ...stream, shards: 4 }])
})

test.each(['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds'])('a mapping that sets %s is refused', (name) => {
  expect(() => declaredStreamMappings(cloudWith({ [name]: 100 }), 1)).toThrow(`Mapping sets ${name}`)
})
