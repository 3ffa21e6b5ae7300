/** A template as CloudFormation reads it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
}
interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: a property is whatever its service makes of it
  readonly Properties?: any
}

export type Named = readonly [id: string, properties: NonNullable<Resource['Properties']>]

export const of = ({ Resources }: Template, ...types: string[]): Named[] =>
  Object.entries(Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Properties = {} }]) => [id, Properties])

/** Ids of the resources of a type that are not as they must be. */
export const every =
  (types: string | readonly string[], isRight: (properties: Named[1], id: string, template: Template) => unknown) =>
  (template: Template): string[] =>
    of(template, ...[types].flat())
      .filter(([id, properties]) => !isRight(properties, id, template))
      .map(([id]) => id)

/** The same of each container of a task. */
export const everyContainer = (isRight: (container: Named[1]) => unknown) =>
  every('AWS::ECS::TaskDefinition', ({ ContainerDefinitions }) => ContainerDefinitions.every(isRight))

/** Ids that a value refers to, anywhere in it. */
export const refersTo = (value: unknown, id: string) => JSON.stringify(value).includes(`"${id}"`)

export const inward = (template: Template): Named[] => [
  ...of(template, 'AWS::EC2::SecurityGroupIngress'),
  ...of(template, 'AWS::EC2::SecurityGroup').flatMap(([id, { SecurityGroupIngress = [] }]) =>
    SecurityGroupIngress.map((rule: Named[1]) => [id, rule] as const),
  ),
]

export const statements = ({ PolicyDocument, AssumeRolePolicyDocument }: Named[1]): Named[1][] =>
  (PolicyDocument ?? AssumeRolePolicyDocument)?.Statement ?? []
