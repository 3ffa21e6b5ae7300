import { expect, test } from 'vitest'
import type { Assembly } from '../../local/template/assembly.ts'
import { openCloud } from '../../local/template/cloud.ts'
import { declaredFunction } from '../../local/template/functions.ts'
import { declaredQueueMappings } from '../../local/template/mappings.ts'
import { declaredQueues } from '../../local/template/topics.ts'

const hash = 'ab'.repeat(32)

const assembly: Assembly = {
  folder: '/out',
  stacks: [
    {
      name: 'app',
      outputs: {},
      parameters: {},
      resources: {
        RawQueue1234ABCD: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: 180,
            MessageRetentionPeriod: 345_600,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 120 },
          },
        },
        Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
        Db: { Type: 'AWS::RDS::DBInstance', Properties: {} },
        WorkerFEDC0123: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { S3Key: `${hash}.zip` },
            Handler: 'index.handler',
            MemorySize: 256,
            Timeout: 30,
            Environment: {
              Variables: {
                TOPIC: { Ref: 'RawQueue1234ABCD' },
                HOST: { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] },
                PORT: { 'Fn::GetAtt': ['Db', 'Endpoint.Port'] },
              },
            },
            VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }] },
          },
        },
        Subnet: { Type: 'AWS::EC2::Subnet' },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            BatchSize: 1000,
            MaximumBatchingWindowInSeconds: 5,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ScalingConfig: { MaximumConcurrency: 10 },
            EventSourceArn: { 'Fn::GetAtt': ['RawQueue1234ABCD', 'Arn'] },
            FunctionName: { Ref: 'WorkerFEDC0123' },
          },
        },
      },
    },
  ],
}
const cloud = openCloud(assembly, { busUrl: 'http://127.0.0.1:1', databaseHost: '127.0.0.1', databasePort: 2 })
const workerArn = 'arn:aws:lambda:eu-west-1:000000000000:function:Worker'

test('a function is what the template says, with local addresses in its environment', () => {
  expect(declaredFunction(cloud, `${workerArn}:7`)).toEqual({
    name: 'Worker',
    arn: workerArn,
    bundle: `/out/asset.${hash}`,
    handler: 'index.handler',
    environment: { TOPIC: 'http://127.0.0.1:1/000000000000/RawQueue', HOST: '127.0.0.1', PORT: '2' },
    timeoutSeconds: 30,
    memoryMegabytes: 256,
    mostConcurrent: null,
  })
})

test('a mapping is what the template says, and its window follows the time scale', () => {
  expect(declaredQueueMappings(cloud, 'http://127.0.0.1:1', 10)).toEqual([
    {
      functionArn: workerArn,
      queueArn: 'arn:aws:sqs:eu-west-1:000000000000:RawQueue',
      queueUrl: 'http://127.0.0.1:1/000000000000/RawQueue',
      batchSize: 1000,
      windowSeconds: 0.5,
      reportsFailures: true,
      mostConcurrent: 10,
    },
  ])
})

test('times of a queue follow the time scale down to what the service allows; the redrive policy does not', () => {
  const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:000000000000:dead', maxReceiveCount: 120 }
  const attributes = (timeScale: number) => declaredQueues(cloud, timeScale)[0]?.attributes
  expect(attributes(60)).toEqual({
    VisibilityTimeout: '3',
    MessageRetentionPeriod: '5760',
    RedrivePolicy: JSON.stringify(policy),
  })
  expect(attributes(86_400)).toMatchObject({ VisibilityTimeout: '1', MessageRetentionPeriod: '60' })
})

test('a property without a local value is an error only when it is read', () => {
  const [worker] = cloud.all('AWS::Lambda::Function')
  expect(() => worker?.get('VpcConfig')).toThrow('app/Subnet: Ref of AWS::EC2::Subnet has no local value')
})
