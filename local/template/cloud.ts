import { accountId, region } from '../process/overrides.ts'
import { type Addresses, functionArn, queueArn, queueUrl, secretArn, streamArn } from './addresses.ts'
import type { Assembly, Resource, Stack } from './assembly.ts'
import { type Lookup, resolve, type Scope } from './intrinsics.ts'

export interface Declared {
  readonly id: string
  /** The name that the template gives, else the logical id without the hash that CDK appends. */
  readonly name: string
  /** A property, or a part of one, with its intrinsics resolved. Other parts may have no local value. */
  readonly get: (...path: readonly (string | number)[]) => unknown
  /** The same, unresolved. */
  readonly raw: (...path: readonly (string | number)[]) => unknown
}

/** The synthesised templates, read as if they were deployed on this machine. */
export interface Cloud {
  readonly assembly: Assembly
  readonly all: (type: string) => Declared[]
}

const nameProperty: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SecretsManager::Secret': 'Name',
}

const pseudo = {
  'AWS::Region': region,
  'AWS::AccountId': accountId,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
}

type Attributes = (resource: Declared, addresses: Addresses) => Readonly<Record<string, unknown>>

/** What `Ref` (the key "Ref" here) and `Fn::GetAtt` return, for the types whose values reach a process. */
const attributes: Readonly<Record<string, Attributes>> = {
  'AWS::SQS::Queue': ({ name }, { busUrl }) => ({
    Ref: queueUrl(busUrl, name),
    QueueUrl: queueUrl(busUrl, name),
    Arn: queueArn(name),
    QueueName: name,
  }),
  'AWS::Kinesis::Stream': ({ name }) => ({ Ref: name, Arn: streamArn(name) }),
  'AWS::Lambda::Function': ({ name }) => ({ Ref: name, Arn: functionArn(name) }),
  'AWS::Lambda::Version': (version) => ({ Ref: functionArn(String(version.get('FunctionName'))) }),
  'AWS::Lambda::Alias': (alias) => ({ Ref: functionArn(String(alias.get('FunctionName'))) }),
  'AWS::SecretsManager::Secret': ({ name }) => ({ Ref: secretArn(name) }),
  'AWS::SecretsManager::SecretTargetAttachment': (attachment) => ({ Ref: attachment.get('SecretId') }),
  'AWS::RDS::DBInstance': ({ id }, { databaseHost, databasePort }) => ({
    Ref: id,
    'Endpoint.Address': databaseHost,
    'Endpoint.Port': String(databasePort),
    'MasterUserSecret.SecretArn': secretArn(id),
  }),
  'AWS::RDS::DBProxy': (_, { databaseHost }) => ({ Endpoint: databaseHost }),
  'AWS::ApiGatewayV2::Api': ({ id }) => ({ Ref: id }),
  'AWS::ApiGatewayV2::Integration': ({ id }) => ({ Ref: id }),
  'AWS::ApiGatewayV2::Authorizer': ({ id }) => ({ Ref: id, AuthorizerId: id }),
}

const step = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined

/** Opens an assembly. A property is resolved when it is read. */
export const openCloud = (assembly: Assembly, addresses: Addresses): Cloud => {
  const declared = (stack: Stack, id: string, resource: Resource): Declared => {
    const scope: Scope = { assembly, stack, resource: id, pseudo, lookup }
    const raw: Declared['raw'] = (...path) => path.reduce(step, resource.Properties)
    const get: Declared['get'] = (...path) => resolve(raw(...path), scope)
    const given = get(nameProperty[resource.Type] ?? '')
    return { id, name: typeof given === 'string' ? given : id.replace(/[0-9A-F]{8}$/, ''), get, raw }
  }
  const lookup: Lookup = (stack, id, attribute) => {
    const resource = stack.resources[id]
    if (!resource) throw new Error(`${stack.name} declares no resource ${id}`)
    const value = attributes[resource.Type]?.(declared(stack, id, resource), addresses)[attribute ?? 'Ref']
    if (value !== undefined) return value
    const wanted = attribute ? `attribute ${attribute}` : 'Ref'
    throw new Error(`${stack.name}/${id}: ${wanted} of ${resource.Type} has no local value (local/template/cloud.ts)`)
  }
  const all = (type: string) =>
    assembly.stacks.flatMap((stack) =>
      Object.entries(stack.resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => declared(stack, id, resource)),
    )
  return { assembly, all }
}
