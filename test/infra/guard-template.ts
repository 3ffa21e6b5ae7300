/** A template as CloudFormation reads it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
}
interface Resource {
  readonly Type: string
  readonly DeletionPolicy?: string
  // biome-ignore lint/suspicious/noExplicitAny: every service defines its own properties
  readonly Properties?: any
}

export type Named = readonly [id: string, properties: NonNullable<Resource['Properties']>]

export const of = ({ Resources }: Template, ...types: string[]): Named[] =>
  Object.entries(Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Properties = {} }]) => [id, Properties])

/** Ids of the resources of these types that are not right. */
export const every =
  (types: string | readonly string[], isRight: (properties: Named[1], id: string, template: Template) => unknown) =>
  (template: Template): string[] =>
    of(template, ...[types].flat())
      .filter(([id, properties]) => !isRight(properties, id, template))
      .map(([id]) => id)

/** Ids of the tasks with a container that is not right. */
export const everyContainer = (isRight: (container: Named[1]) => unknown) =>
  every('AWS::ECS::TaskDefinition', ({ ContainerDefinitions }) => ContainerDefinitions.every(isRight))

/** True if the value mentions the id anywhere in it. */
export const refersTo = (value: unknown, id: string) => JSON.stringify(value).includes(`"${id}"`)

export const inward = (template: Template): Named[] => [
  ...of(template, 'AWS::EC2::SecurityGroupIngress'),
  ...of(template, 'AWS::EC2::SecurityGroup').flatMap(([id, { SecurityGroupIngress = [] }]) =>
    SecurityGroupIngress.map((rule: Named[1]) => [id, rule] as const),
  ),
]

export const statements = ({ PolicyDocument, AssumeRolePolicyDocument }: Named[1]): Named[1][] =>
  (PolicyDocument ?? AssumeRolePolicyDocument)?.Statement ?? []
