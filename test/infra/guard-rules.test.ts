import { describe, expect, test } from 'vitest'
import { buses, sigfoxDoors } from '../../lib/stage/stage.ts'
import { synthesise } from '../support/templates.ts'
import { rules } from './guard-rules.ts'
import type { Named, Template } from './guard-template.ts'

const all = synthesise(buses, sigfoxDoors).flatMap(({ stage, data, ingest }) =>
  Object.entries({ data, ingest }).map(([stack, template]) => ({
    name: `${stack} of ${stage.name} on ${stage.bus} behind ${stage.sigfoxDoor}`,
    template: template.toJSON() as Template,
  })),
)

test.each(all)('$name breaks no rule', ({ template }) => {
  const broken = rules.flatMap(({ name, broken }) => broken(template).map((id) => `${id}: ${name}`))
  expect(broken).toEqual([])
})

test('every template of every stage, bus and door is checked, and every rule gives its reason', () => {
  expect(all).toHaveLength(3 * buses.length * sigfoxDoors.length * 2)
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
  expect(rules.filter(({ because }) => because.length < 20)).toEqual([])
})

/** Breaks a resource. Its argument is a copy of the properties. */
type Spoil = (properties: Named[1]) => void

const set =
  (given: object): Spoil =>
  (properties) =>
    void Object.assign(properties, given)
const within =
  (name: string, given: object): Spoil =>
  (properties) =>
    void Object.assign(properties[name], given)
const container =
  (spoil: Spoil): Spoil =>
  ({ ContainerDefinitions }) =>
    spoil(ContainerDefinitions[0])

const openTo =
  (rule: object): Spoil =>
  (group) => {
    group.SecurityGroupIngress = [...(group.SecurityGroupIngress ?? []), rule]
  }
const world = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }
const allow = { Effect: 'Allow', Action: '*', Resource: '*' }
const letIn =
  (Principal: unknown): Spoil =>
  (policy) => {
    const document = policy.PolicyDocument ?? policy.AssumeRolePolicyDocument
    document.Statement.push({ ...allow, Principal })
  }
const withoutTls: Spoil = (policy) => {
  policy.PolicyDocument.Statement = [{ ...allow, Principal: { Service: 'x' } }]
}

/** For each rule, ways to break it: the type to spoil, how, and the type that the rule then names. */
const spoiled: Record<string, readonly (readonly [type: string, spoil: Spoil, named?: string])[]> = {
  'a container is not root': [
    ['AWS::ECS::TaskDefinition', container(set({ User: '0' }))],
    ['AWS::ECS::TaskDefinition', container(set({ User: 'root' }))],
    ['AWS::ECS::TaskDefinition', container(set({ User: undefined }))],
  ],
  'a container cannot write its root file system': [
    ['AWS::ECS::TaskDefinition', container(set({ ReadonlyRootFilesystem: undefined }))],
  ],
  'a container has no capability and no privilege': [
    ['AWS::ECS::TaskDefinition', container(within('LinuxParameters', { Capabilities: undefined }))],
    ['AWS::ECS::TaskDefinition', container(set({ Privileged: true }))],
  ],
  'a container has an init and time to stop': [
    ['AWS::ECS::TaskDefinition', container(set({ StopTimeout: 30 }))],
    ['AWS::ECS::TaskDefinition', container(within('LinuxParameters', { InitProcessEnabled: false }))],
  ],
  'ECS Exec is off': [['AWS::ECS::Service', set({ EnableExecuteCommand: true })]],
  'only the doors are open to every address': [
    ['AWS::EC2::SecurityGroup', openTo({ ...world, FromPort: 8080, ToPort: 8080 })],
    ['AWS::EC2::SecurityGroup', openTo({ ...world, IpProtocol: 'udp' })],
    ['AWS::EC2::SecurityGroup', openTo({ ...world, FromPort: 1 })],
    ['AWS::EC2::SecurityGroup', openTo({ ...world, IpProtocol: 'udp', FromPort: 5683, ToPort: 5683 })],
    ['AWS::EC2::SecurityGroup', openTo({ ...world, CidrIp: undefined, CidrIpv6: '::/0', FromPort: 22, ToPort: 22 })],
    ['AWS::EC2::SecurityGroupIngress', set({ ...world, FromPort: 22 })],
  ],
  'a rule names a protocol and a port': [
    ['AWS::EC2::SecurityGroup', openTo({ ...world, IpProtocol: '-1' })],
    ['AWS::EC2::SecurityGroup', openTo({ ...world, FromPort: undefined })],
  ],
  'a target group lets flows end before it cuts them': [
    ['AWS::ElasticLoadBalancingV2::TargetGroup', set({ TargetGroupAttributes: undefined })],
    ['AWS::ElasticLoadBalancingV2::TargetGroup', set({ HealthCheckProtocol: 'TCP' })],
  ],
  'a queue has dead letters, or is a dead-letter queue': [['AWS::SQS::Queue', set({ RedrivePolicy: undefined })]],
  'dead letters are kept longer than waiting packs': [['AWS::SQS::Queue', set({ MessageRetentionPeriod: 1_209_600 })]],
  'a mapping never gives up, and reports failed records': [
    ['AWS::Lambda::EventSourceMapping', set({ FunctionResponseTypes: undefined })],
    ['AWS::Lambda::EventSourceMapping', set({ StartingPosition: 'LATEST' })],
    ['AWS::Lambda::EventSourceMapping', set({ StartingPosition: 'TRIM_HORIZON', MaximumRetryAttempts: 10 })],
  ],
  'a log group has a retention': [['AWS::Logs::LogGroup', set({ RetentionInDays: undefined })]],
  'a function, also one that CDK adds, has a log group of the template': [
    ['AWS::Lambda::Function', set({ LoggingConfig: undefined })],
  ],
  'an alarm has a receiver, a link to the runbook, and a meaning for missing data': [
    ['AWS::CloudWatch::Alarm', set({ AlarmDescription: 'Something is wrong.' })],
    ['AWS::CloudWatch::Alarm', set({ AlarmActions: undefined })],
    ['AWS::CloudWatch::Alarm', set({ TreatMissingData: undefined })],
  ],
  'a bucket is private, encrypted, and requires TLS': [
    ['AWS::S3::Bucket', set({ PublicAccessBlockConfiguration: undefined })],
    ['AWS::S3::Bucket', within('PublicAccessBlockConfiguration', { RestrictPublicBuckets: false })],
    ['AWS::S3::Bucket', set({ BucketEncryption: undefined })],
    ['AWS::S3::Bucket', set({ AccessControl: 'PublicRead' })],
    ['AWS::S3::BucketPolicy', withoutTls, 'AWS::S3::Bucket'],
  ],
  'queues and streams are encrypted, and queues require TLS': [
    ['AWS::SQS::Queue', set({ SqsManagedSseEnabled: undefined })],
    ['AWS::SQS::QueuePolicy', withoutTls, 'AWS::SQS::Queue'],
    ['AWS::Kinesis::Stream', set({ StreamEncryption: undefined })],
  ],
  'no policy allows every principal': [
    ['AWS::SQS::QueuePolicy', letIn('*')],
    ['AWS::SNS::TopicPolicy', letIn({ AWS: '*' })],
    ['AWS::IAM::Role', letIn('*')],
  ],
  'a database has no public address, is encrypted, forces TLS, and uses tokens instead of passwords': [
    ['AWS::RDS::DBInstance', set({ PubliclyAccessible: true })],
    ['AWS::RDS::DBInstance', set({ StorageEncrypted: undefined })],
    ['AWS::RDS::DBInstance', set({ MasterUserPassword: 'x' })],
    ['AWS::RDS::DBInstance', set({ EnableIAMDatabaseAuthentication: undefined })],
    ['AWS::RDS::DBParameterGroup', set({ Parameters: {} })],
  ],
  'a route of the API has an authorizer': [['AWS::ApiGatewayV2::Route', set({ AuthorizationType: 'NONE' })]],
  'a function of ours has no URL and has a timeout': [
    ['AWS::Lambda::Function', set({ Handler: 'index.handler', Timeout: undefined })],
  ],
  'no environment holds a secret': [
    ['AWS::Lambda::Function', set({ Environment: { Variables: { API_TOKEN: 'x' } } })],
    ['AWS::ECS::TaskDefinition', container((one) => one.Environment.push({ Name: 'PASSWORD', Value: 'x' }))],
  ],
}

/** The first template with resources of the type, all of them spoiled, and the ids that the rule may name. */
const spoil = (type: string, how: Spoil, named = type) => {
  const found = all.find(({ template }) => Object.values(template.Resources).some(({ Type }) => Type === type))
  if (!found) throw new Error(`no template has ${type}`)
  const template = structuredClone(found.template)
  for (const resource of Object.values(template.Resources)) if (resource.Type === type) how(resource.Properties)
  const ids = Object.entries(template.Resources).filter(([, { Type }]) => Type === named)
  return { template, ids: ids.map(([id]) => id) }
}

describe.each(rules)('$name', ({ name, broken }) => {
  test('fires on templates that break it, and names the resource', () => {
    const ways = spoiled[name] ?? []
    expect(ways.length).toBeGreaterThan(0)
    for (const [type, how, named] of ways) {
      const { template, ids } = spoil(type, how, named)
      const found = broken(template)
      expect(found, `${type} ${how}`).not.toEqual([])
      expect(
        found.filter((id) => !ids.includes(id)),
        `${type} ${how}`,
      ).toEqual([])
    }
  })
})

test('a function URL is a resource that no template may have', () => {
  const template: Template = { Resources: { Door: { Type: 'AWS::Lambda::Url', Properties: {} } } }
  expect(rules.flatMap((rule) => rule.broken(template))).toEqual(['Door'])
})
