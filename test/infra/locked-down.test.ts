import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { buses, sigfoxDoors } from '../../lib/stage/stage.ts'
import { resources, synthesise } from '../support/templates.ts'

const properties = (template: Template, type: string) => resources(template, type).map(([, r]) => r.Properties)

/** What the packs of cdk-nag do not check. */
describe.each(synthesise(buses, sigfoxDoors))(
  '$stage.name on $stage.bus with $stage.sigfoxDoor is locked down',
  ({ stage, data, ingest }) => {
    test('a container is not root, writes nothing, has no privilege, and its init passes signals on (P32)', () => {
      const containers = properties(ingest, 'AWS::ECS::TaskDefinition').flatMap((task) => task.ContainerDefinitions)
      expect(containers).toHaveLength(stage.sigfoxDoor === 'container' ? 2 : 1)
      for (const container of containers) {
        expect(container).toMatchObject({
          User: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/),
          ReadonlyRootFilesystem: true,
          LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
        })
        expect(container.Privileged ?? false).toBe(false)
        expect(container).not.toHaveProperty('Secrets')
      }
      for (const service of properties(ingest, 'AWS::ECS::Service'))
        expect(service.EnableExecuteCommand ?? false).toBe(false)
    })

    test('every log group has the retention of the stage', () => {
      const groups = [data, ingest].flatMap((template) => properties(template, 'AWS::Logs::LogGroup'))
      expect(groups.length).toBeGreaterThan(8)
      expect(groups.filter(({ RetentionInDays }) => RetentionInDays !== stage.logRetentionDays)).toEqual([])
    })

    test('the default security group of the network has no rules', () => {
      expect(resources(data, 'Custom::VpcRestrictDefaultSG')).toHaveLength(1)
    })

    test('the access log shows caller, route and answer, and no header, body, query or token', () => {
      const [http] = properties(ingest, 'AWS::ApiGatewayV2::Stage')
      const variables: string[] = http.AccessLogSettings.Format.match(/\$context[\w.]+/g)
      expect(variables).toEqual(
        expect.arrayContaining(['$context.status', '$context.routeKey', '$context.identity.sourceIp']),
      )
      expect(variables.filter((name) => /header|body|query|path$|authorizer\.(?!error)/i.test(name))).toEqual([])
      expect(() => JSON.parse(http.AccessLogSettings.Format)).not.toThrow()
    })

    test('no function uses a managed policy or has a URL', () => {
      const roles = resources(ingest, 'AWS::IAM::Role').filter(([id]) => !id.startsWith('Custom'))
      const managed = roles.filter(([, { Properties }]) => Properties.ManagedPolicyArns)
      expect(managed.map(([id]) => id).filter((id) => !/^AWSCDKTrigger/.test(id))).toEqual([])
      expect(resources(ingest, 'AWS::Lambda::Url')).toEqual([])
    })
  },
)
