// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this

import { expect, test } from 'vitest'
import type { Stack } from '../../local/template/assembly.ts'
import { resolve, type Scope } from '../../local/template/intrinsics.ts'

const data: Stack = {
  name: 'data',
  resources: {},
  outputs: {
    Url: { Value: { Ref: 'Queue' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:url' } } },
    Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
  },
  parameters: { Version: { Default: '7' } },
}
const ingest: Stack = { name: 'ingest', resources: {}, outputs: {}, parameters: {} }

const scope: Scope = {
  assembly: { folder: '', stacks: [data, ingest] },
  stack: ingest,
  resource: 'Worker',
  pseudo: { 'AWS::Region': 'eu-west-1' },
  lookup: (stack, id, attribute) => [stack.name, id, attribute ?? 'ref'].join('/'),
}

test.each([
  ['plain values stay', { a: [1, 'b', true, null] }, { a: [1, 'b', true, null] }],
  ['Ref to a resource', { Ref: 'Queue' }, 'ingest/Queue/ref'],
  ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
  ['Ref to the name of the stack', { Ref: 'AWS::StackName' }, 'ingest'],
  ['AWS::NoValue leaves the property out', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Db', 'Endpoint.Port'] }, 'ingest/Db/Endpoint.Port'],
  ['GetAtt as a string', { 'Fn::GetAtt': 'Db.Endpoint.Port' }, 'ingest/Db/Endpoint.Port'],
  ['Join of nested intrinsics', { 'Fn::Join': ['-', ['a', { Ref: 'Q' }]] }, 'a-ingest/Q/ref'],
  ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Q' }] }] }, 'Q'],
  [
    'Sub with resources, attributes and literals',
    { 'Fn::Sub': '${Q}|${Q.Arn}|${!Q}' },
    'ingest/Q/ref|ingest/Q/Arn|${Q}',
  ],
  [
    'Sub with variables of its own',
    { 'Fn::Sub': ['${x}.${AWS::Region}', { x: { Ref: 'Q' } }] },
    'ingest/Q/ref.eu-west-1',
  ],
  ['ImportValue in the scope of the exporting stack', { 'Fn::ImportValue': 'data:url' }, 'data/Queue/ref'],
  [
    'GetStackOutput in the scope of that stack',
    { 'Fn::GetStackOutput': { StackName: 'data', OutputName: 'Arn' } },
    'data/Queue/Arn',
  ],
])('%s', (_, value, expected) => {
  expect(resolve(value, scope)).toEqual(expected)
})

test('a parameter has its default', () => {
  expect(resolve({ Ref: 'Version' }, { ...scope, stack: data })).toBe('7')
})

test.each([
  [{ 'Fn::Cidr': ['10.0.0.0/16', 6] }, 'ingest/Worker: Fn::Cidr is not known to the local run'],
  [{ Ref: 'AWS::StackId' }, 'ingest/Worker: the pseudo parameter AWS::StackId has no local value'],
  [{ 'Fn::ImportValue': 'gone' }, 'ingest/Worker: no stack exports "gone"'],
  [{ 'Fn::GetStackOutput': { StackName: 'data', OutputName: 'Gone' } }, 'stack "data" has no output Gone'],
  [{ 'Fn::Select': [3, ['a']] }, 'Fn::Select finds nothing at 3'],
])('an error names stack and resource: %j', (value, message) => {
  expect(() => resolve({ deep: [value] }, scope)).toThrow(message)
})
