import { describe, expect, test } from 'vitest'
import { variantOf } from '../../bin/variants.ts'
import { setting } from '../../contract/settings.ts'
import { checkStage } from '../../lib/stage/check-stage.ts'
import { ourFunctions, resources, securityRules, synthesiseStages } from '../support/templates.ts'
import { bySecret, existing, resourceId, secretArn, using } from './existing.ts'

describe('an existing database', () => {
  const [synthesised] = synthesiseStages([using()])
  if (!synthesised) throw new Error('nothing was synthesised')
  const { data, ingest } = synthesised

  test('is synthesised without an account, and neither a database nor a network is made', () => {
    for (const type of ['AWS::RDS::DBInstance', 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::InternetGateway'])
      expect(resources(data, type)).toEqual([])
  })

  test('gets one rule in its security group, for our functions', () => {
    expect(resources(data, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties)).toContainEqual(
      expect.objectContaining({ GroupId: existing.securityGroupId, FromPort: 5433, ToPort: 5433, IpProtocol: 'tcp' }),
    )
  })

  test('is reached from its own subnets, with IAM sign-in as each function’s own user', () => {
    const beside = ourFunctions(ingest).filter(([, { Properties }]) => Properties.VpcConfig)
    expect(beside).toHaveLength(7)
    for (const [, { Properties }] of beside) {
      expect(Properties.VpcConfig.SubnetIds).toEqual(existing.network.privateSubnetIds)
      expect(Properties.Environment.Variables).toMatchObject({
        [setting.databaseHost]: existing.host,
        [setting.databasePort]: '5433',
      })
      expect(Properties.Environment.Variables).not.toHaveProperty(setting.databasePassword)
      expect(Properties.Environment.Variables).not.toHaveProperty(setting.databaseSecretArn)
    }
    // The endpoint of the bus, and no other.
    expect(resources(data, 'AWS::EC2::VPCEndpoint')).toHaveLength(1)
    const signIns = JSON.stringify(resources(ingest, 'AWS::IAM::Policy')).match(/dbuser:db-\w+\/\w+/g)
    expect(new Set(signIns)).toEqual(
      new Set(['app', 'owner', 'operator', 'reader'].map((user) => `dbuser:${resourceId}/sluice_${user}`)),
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

test('an existing endpoint for the bus is used', () => {
  const network = { ...existing.network, busEndpointGroupId: 'sg-0fedcba9876543210' }
  const [synthesised] = synthesiseStages([using({ network })])
  const data = synthesised?.data
  if (!data) throw new Error('nothing was synthesised')
  expect(resources(data, 'AWS::EC2::VPCEndpoint')).toEqual([])
  expect(resources(data, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties.GroupId)).toContain(
    network.busEndpointGroupId,
  )
})

test('ids that cannot belong to a database and a network are refused, all at once', () => {
  expect(
    checkStage(
      using({
        host: 'https://meters',
        securityGroupId: 'meters',
        signIn: { resourceId: 'meters' },
        network: { ...existing.network, vpcId: 'main', zones: ['eu-west-1a'], publicSubnetIds: ['subnet-0a', 'b'] },
      }),
    ),
  ).toEqual([
    expect.stringMatching(/^database\.existing\.host has "https:\/\/meters"/),
    expect.stringMatching(/^database\.existing\.securityGroupId has "meters"/),
    expect.stringMatching(/^database\.existing\.signIn\.resourceId has "meters"; it must look like db-/),
    expect.stringMatching(/^database\.existing\.network\.vpcId has "main"/),
    expect.stringMatching(/^database\.existing\.network has "b"; it must look like subnet-/),
    expect.stringMatching(/^database\.existing\.network has 1 zones, 2 public and 2 private subnets/),
  ])
  expect(checkStage(using())).toEqual([])
})

describe('a database whose password is in a secret', () => {
  const [synthesised] = synthesiseStages([bySecret])
  if (!synthesised) throw new Error('nothing was synthesised')
  const { data, ingest } = synthesised

  test('gets the secret by reference, the role of each function’s own user, and verified TLS', () => {
    const beside = ourFunctions(ingest).filter(([, { Properties }]) => Properties.VpcConfig)
    expect(beside).toHaveLength(7)
    for (const [id, { Properties }] of beside) {
      const variables = Properties.Environment.Variables
      expect(variables[setting.databaseSecretArn]).toBe(secretArn)
      expect(variables[setting.databaseUser]).toMatch(
        /^Upkeep/.test(id) ? /^sluice_owner$/ : /^sluice_(app|operator|reader)$/,
      )
      expect(Object.keys(variables)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^DATABASE_(PASSWORD|TLS)$/)]),
      )
      expect(variables.NODE_EXTRA_CA_CERTS).toBe('/var/runtime/ca-cert.pem')
    }
    const others = ourFunctions(ingest).filter(([, { Properties }]) => !Properties.VpcConfig)
    expect(JSON.stringify(others)).not.toContain(secretArn)
  })

  test('has an endpoint for Secrets Manager for our functions, in one zone like the database', () => {
    const endpoints = resources(data, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) => Properties)
    expect(
      endpoints.map(({ ServiceName, SubnetIds, PrivateDnsEnabled }) => [
        JSON.stringify(ServiceName),
        SubnetIds,
        PrivateDnsEnabled,
      ]),
    ).toEqual([
      [expect.stringContaining('.sqs'), ['subnet-0c'], true],
      [expect.stringContaining('.secretsmanager'), ['subnet-0c'], true],
    ])
    expect(securityRules(data)).toMatchObject({
      NetworkSecretsClients: ['tcp 443 to NetworkSecretsEndpointGroup'],
      NetworkSecretsEndpointGroup: ['tcp 443 from NetworkSecretsClients'],
    })
    const groups = ourFunctions(ingest).flatMap(([, { Properties }]) => Properties.VpcConfig?.SecurityGroupIds ?? [])
    expect(groups.filter((group) => JSON.stringify(group).includes('SecretsClients'))).toHaveLength(7)
  })

  test('lets the Sigfox gateway use the endpoint, because its name is valid in the whole network', () => {
    const [container] = synthesiseStages([variantOf(bySecret, 'sqs', 'container')])
    if (!container) throw new Error('nothing was synthesised')
    const groupsOf = (start: string) =>
      JSON.stringify(
        resources(container.ingest, 'AWS::ECS::Service')
          .filter(([id]) => id.startsWith(start))
          .map(([, { Properties }]) => Properties.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups),
      )
    expect(groupsOf('CallbackGateway')).toContain('SecretsClients')
    expect(groupsOf('UdpGateway')).toContain('BusClients')
    expect(groupsOf('UdpGateway')).not.toContain('SecretsClients')
  })

  test('uses an existing endpoint for Secrets Manager', () => {
    const signIn = { secretArn, secretsEndpointGroupId: 'sg-0fedcba9876543210' }
    const [synthesised] = synthesiseStages([using({ signIn })])
    if (!synthesised) throw new Error('nothing was synthesised')
    expect(resources(synthesised.data, 'AWS::EC2::VPCEndpoint')).toHaveLength(1)
    const ingress = resources(synthesised.data, 'AWS::EC2::SecurityGroupIngress').map(
      ([, { Properties }]) => Properties,
    )
    expect(ingress).toContainEqual(
      expect.objectContaining({
        GroupId: signIn.secretsEndpointGroupId,
        FromPort: 443,
        ToPort: 443,
        IpProtocol: 'tcp',
      }),
    )
  })

  test('is refused if the ARN is not of a secret, or of one in another region', () => {
    const stageWith = (arn: string, region = '') => ({
      ...using({ signIn: { secretArn: arn, secretsEndpointGroupId: 'mine' } }),
      region,
    })
    const group = expect.stringMatching(/^database\.existing\.signIn\.secretsEndpointGroupId has "mine"/)
    for (const arn of ['meters', secretArn.replace(/-AbCdEf$/, ''), secretArn.replace('secretsmanager', 'ssm')])
      expect(checkStage(stageWith(arn, 'eu-west-1'))).toEqual([
        expect.stringMatching(
          /^database\.existing\.signIn\.secretArn has ".*"; it must look like arn:aws:secretsmanager:/,
        ),
        group,
      ])
    expect(checkStage(stageWith(secretArn, 'eu-west-3'))).toEqual([
      expect.stringMatching(/^database\.existing\.signIn\.secretArn is in eu-west-1 and region is eu-west-3/),
      group,
    ])
    expect(checkStage({ ...bySecret, region: 'eu-west-1' })).toEqual([])
  })
})
