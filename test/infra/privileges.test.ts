import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { variantOf } from '../../bin/variants.ts'
import { buses, sigfoxDoors } from '../../lib/stage/stage.ts'
import { resources, synthesise, synthesiseStages } from '../support/templates.ts'
import { bySecret, using } from './existing.ts'
import { privileges, providers } from './privileges.ts'

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: unknown
  Condition?: unknown
  NotAction?: unknown
  NotResource?: unknown
}

/** A logical id without its hash; for an output of the other stack, the id that it is of. */
const named = (id: string) =>
  (/^(?:FnGetAtt|Ref)(\w+)$/.exec(id)?.[1] ?? id).replace(
    /[0-9A-F]{8}(Arn[0-9A-F]{8}|DbiResourceId[0-9A-F]{8}|[0-9A-F]{8})?$/,
    '',
  )

const text = (value: unknown): string => {
  if (typeof value === 'string') return value
  const [[key, inner] = ['', '']] = Object.entries(value as Record<string, unknown>)
  if (key === 'Ref') return String(inner).startsWith('AWS::') ? '' : named(String(inner))
  if (key === 'Fn::GetAtt') {
    const [id = '', attribute = ''] = inner as string[]
    return attribute === 'DefaultSecurityGroup' ? attribute : named(id)
  }
  if (key === 'Fn::GetStackOutput')
    return named((inner as { OutputName: string }).OutputName.replace('PublishOutput', ''))
  if (key === 'Fn::Sub') return String(inner)
  return (inner as [string, unknown[]])[1].map(text).join('')
}

const resource = (value: unknown): string => {
  const all = text(value)
  if (all.includes('cdk-hnb659fds-container-assets')) return 'the repository of the bootstrap'
  if (all.includes('DefaultSecurityGroup')) return 'the default security group'
  return all.replace(/^arn:(aws)?:rds-db:[\w-]*::dbuser:/, 'dbuser ')
}

const spoken = ({ Effect, Action, Resource, Condition, ...rest }: Statement): string => {
  expect(Object.keys(rest).filter((key) => key !== 'Sid')).toEqual([])
  expect(Condition).toBeUndefined()
  expect(Effect).toBe('Allow')
  return `${[Action].flat().sort().join(' ')} on ${[Resource].flat().map(resource).join(' ')}`
}

/** What each role of a template may do, by its own policies and by those attached to it. */
const granted = (template: Template) => {
  const roles: Record<string, string[]> = {}
  const add = (role: string, statements: Statement[]) => {
    const name = named(role).replace(/(Service)?Role$/, '')
    roles[name] = [...(roles[name] ?? []), ...statements.map(spoken)].sort()
  }
  for (const [id, { Properties }] of resources(template, 'AWS::IAM::Role'))
    add(
      id,
      (Properties.Policies ?? []).flatMap(
        (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
      ),
    )
  for (const [, { Properties }] of resources(template, 'AWS::IAM::Policy'))
    for (const { Ref } of Properties.Roles) add(Ref, Properties.PolicyDocument.Statement)
  return roles
}

const sorted = (lists: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]))

/** One stage for each kind of existing database, under its own name. */
const existing = { iam: using(), secret: bySecret, both: variantOf(bySecret, 'kinesis', 'container') }
const others = synthesiseStages(Object.entries(existing).map(([name, stage]) => ({ ...stage, name })))

describe.each([...synthesise(buses, sigfoxDoors), ...others])(
  'least privilege of $stage.name on $stage.bus with $stage.sigfoxDoor (P31)',
  ({ stage, data, ingest }) => {
    test('every role may do exactly what privileges.ts lists, and no other role exists', () => {
      expect({ ...granted(data), ...granted(ingest) }).toEqual(sorted({ ...privileges(stage), ...providers(stage) }))
    })

    test('no statement allows all actions, or all actions of a service', () => {
      const actions = Object.values({ ...granted(data), ...granted(ingest) })
        .flat()
        .flatMap((sentence) => sentence.split(' on ')[0]?.split(' ') ?? [])
      expect(actions.length).toBeGreaterThan(40)
      expect(actions.filter((action) => action.includes('*'))).toEqual([])
    })

    test('a service may invoke a function only from one named source', () => {
      const permissions = resources(ingest, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties)
      expect(permissions.length).toBeGreaterThan(1)
      for (const { Principal, SourceArn } of permissions) {
        expect(Principal).toMatch(/^(apigateway|events)\.amazonaws\.com$/)
        expect(JSON.stringify(SourceArn)).toMatch(/HttpApi|UpkeepDaily/)
      }
    })
  },
)
