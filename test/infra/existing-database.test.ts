import { describe, expect, test } from 'vitest'
import { dev } from '../../bin/stages.ts'
import { setting } from '../../core/settings.ts'
import { checkStage } from '../../lib/check-stage.ts'
import type { ExistingDatabase, Stage } from '../../lib/stage.ts'
import { ourFunctions, resources, synthesiseStages } from './templates.ts'

const existing: ExistingDatabase = {
  instanceId: 'meters',
  resourceId: 'db-ABCDEFGHIJKL',
  host: 'meters.abc.eu-west-1.rds.amazonaws.com',
  port: 5433,
  securityGroupId: 'sg-0123456789abcdef0',
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    zones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0a', 'subnet-0b'],
    privateSubnetIds: ['subnet-0c', 'subnet-0d'],
    busEndpointGroupId: null,
  },
}
const using = (changes: Partial<ExistingDatabase> = {}): Stage => ({
  ...dev,
  database: { ...dev.database, existing: { ...existing, ...changes } },
})

describe('a database that is there already', () => {
  const [synthesised] = synthesiseStages([using()])
  if (!synthesised) throw new Error('nothing was synthesised')
  const { data, ingest } = synthesised

  test('is synthesised without an account, and neither it nor its network is made', () => {
    for (const type of ['AWS::RDS::DBInstance', 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::InternetGateway'])
      expect(resources(data, type)).toEqual([])
  })

  test('gets one rule in its group, for our functions', () => {
    expect(resources(data, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties)).toContainEqual(
      expect.objectContaining({ GroupId: existing.securityGroupId, FromPort: 5433, ToPort: 5433, IpProtocol: 'tcp' }),
    )
  })

  test('is reached from its own subnets, and signed in to by IAM as each function’s own user', () => {
    const beside = ourFunctions(ingest).filter(([, { Properties }]) => Properties.VpcConfig)
    expect(beside).toHaveLength(7)
    for (const [, { Properties }] of beside) {
      expect(Properties.VpcConfig.SubnetIds).toEqual(existing.network.privateSubnetIds)
      expect(Properties.Environment.Variables).toMatchObject({
        [setting.databaseHost]: existing.host,
        [setting.databasePort]: '5433',
      })
      expect(Properties.Environment.Variables).not.toHaveProperty(setting.databasePassword)
    }
    const signIns = JSON.stringify(resources(ingest, 'AWS::IAM::Policy')).match(/dbuser:db-\w+\/\w+/g)
    expect(new Set(signIns)).toEqual(
      new Set(['app', 'owner', 'operator', 'reader'].map((user) => `dbuser:${existing.resourceId}/sluice_${user}`)),
    )
  })

  test('is watched under its name', () => {
    const ofDatabase = resources(ingest, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => JSON.stringify(Properties))
      .filter((alarm) => alarm.includes('AWS/RDS'))
    expect(ofDatabase.length).toBeGreaterThan(2)
    for (const alarm of ofDatabase) expect(alarm).toContain('"Name":"DBInstanceIdentifier","Value":"meters"')
  })
})

test('where its network has an endpoint for the bus already, that one is used', () => {
  const network = { ...existing.network, busEndpointGroupId: 'sg-0fedcba9876543210' }
  const [synthesised] = synthesiseStages([using({ network })])
  const data = synthesised?.data
  if (!data) throw new Error('nothing was synthesised')
  expect(resources(data, 'AWS::EC2::VPCEndpoint')).toEqual([])
  expect(resources(data, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties.GroupId)).toContain(
    network.busEndpointGroupId,
  )
})

test('attributes that cannot be those of a database and a network are refused, all at once', () => {
  expect(
    checkStage(
      using({
        resourceId: 'meters',
        host: 'https://meters',
        securityGroupId: 'meters',
        network: { ...existing.network, vpcId: 'main', zones: ['eu-west-1a'], publicSubnetIds: ['subnet-0a', 'b'] },
      }),
    ),
  ).toEqual([
    expect.stringMatching(/^database\.existing\.resourceId has "meters"; it must look like db-/),
    expect.stringMatching(/^database\.existing\.host has "https:\/\/meters"/),
    expect.stringMatching(/^database\.existing\.securityGroupId has "meters"/),
    expect.stringMatching(/^database\.existing\.network\.vpcId has "main"/),
    expect.stringMatching(/^database\.existing\.network has "b"; it must look like subnet-/),
    expect.stringMatching(/^database\.existing\.network has 1 zones, 2 public and 2 private subnets/),
  ])
  expect(checkStage(using())).toEqual([])
})
