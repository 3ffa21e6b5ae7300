import type { Assembly, Stack } from './assembly.ts'

/** The local value of a resource (`attribute` null: what `Ref` returns). Throws when there is none. */
export type Lookup = (stack: Stack, logicalId: string, attribute: string | null) => unknown

export interface Scope {
  readonly assembly: Assembly
  readonly stack: Stack
  /** The resource whose property is being resolved: errors name it. */
  readonly resource: string
  readonly pseudo: Readonly<Record<string, string>>
  readonly lookup: Lookup
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown

const fail = (scope: Scope, what: string): never => {
  throw new Error(`${scope.stack.name}/${scope.resource}: ${what}`)
}

const textOf = (value: unknown, scope: Scope): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail(scope, `${JSON.stringify(value)} stands where a string is needed`)

const listOf = (value: unknown, scope: Scope): unknown[] =>
  Array.isArray(value) ? value : fail(scope, `${JSON.stringify(value)} stands where a list is needed`)

const ref: Intrinsic = (argument, scope) => {
  const name = textOf(argument, scope)
  if (name === 'AWS::NoValue') return undefined
  if (name.startsWith('AWS::')) {
    const pseudo = name === 'AWS::StackName' ? scope.stack.name : scope.pseudo[name]
    return pseudo ?? fail(scope, `the pseudo parameter ${name} has no local value`)
  }
  if (name in scope.stack.parameters) {
    const value = scope.stack.parameters[name]?.Default
    return value ?? fail(scope, `the parameter ${name} has no default`)
  }
  return scope.lookup(scope.stack, name, null)
}

const getAtt: Intrinsic = (argument, scope) => {
  const [id, attribute] = typeof argument === 'string' ? argument.split(/\.(.*)/s) : listOf(argument, scope)
  return scope.lookup(scope.stack, textOf(id, scope), textOf(resolve(attribute, scope), scope))
}

const join: Intrinsic = (argument, scope) => {
  const [separator, parts] = listOf(argument, scope)
  const texts = listOf(resolve(parts, scope), scope).map((part) => textOf(part, scope))
  return texts.join(textOf(separator, scope))
}

const split: Intrinsic = (argument, scope) => {
  const [separator, text] = listOf(argument, scope)
  return textOf(resolve(text, scope), scope).split(textOf(separator, scope))
}

const select: Intrinsic = (argument, scope) => {
  const [index, list] = listOf(argument, scope)
  const value = listOf(resolve(list, scope), scope)[Number(resolve(index, scope))]
  return value ?? fail(scope, `Fn::Select finds nothing at ${JSON.stringify(index)}`)
}

const substitute: Intrinsic = (argument, scope) => {
  const [pattern, given] = Array.isArray(argument) ? argument : [argument, {}]
  const variables = resolve(given, scope) as Record<string, unknown>
  return textOf(pattern, scope).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (name in variables) return textOf(variables[name], scope)
    return textOf(name.includes('.') ? getAtt(name, scope) : ref(name, scope), scope)
  })
}

const importValue: Intrinsic = (argument, scope) => {
  const wanted = resolve(argument, scope)
  for (const stack of scope.assembly.stacks) {
    const inStack = { ...scope, stack }
    for (const output of Object.values(stack.outputs))
      if (output.Export && resolve(output.Export.Name, inStack) === wanted) return resolve(output.Value, inStack)
  }
  return fail(scope, `no stack exports ${JSON.stringify(wanted)}`)
}

const stackOutput: Intrinsic = (argument, scope) => {
  const wanted = argument as { readonly StackName?: unknown; readonly OutputName?: unknown }
  const stackName = resolve(wanted.StackName, scope)
  const outputName = textOf(resolve(wanted.OutputName, scope), scope)
  const stack = scope.assembly.stacks.find(({ name }) => name === stackName)
  const output = stack?.outputs[outputName]
  if (!stack || !output) return fail(scope, `stack ${JSON.stringify(stackName)} has no output ${outputName}`)
  return resolve(output.Value, { ...scope, stack })
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: ref,
  'Fn::GetAtt': getAtt,
  'Fn::Join': join,
  'Fn::Split': split,
  'Fn::Select': select,
  'Fn::Sub': substitute,
  'Fn::ImportValue': importValue,
  'Fn::GetStackOutput': stackOutput,
}

/**
 * The value as CloudFormation would compute it, with local values in place of the cloud's.
 * @throws Error naming stack and resource for an intrinsic or an attribute that has no local meaning
 */
export const resolve = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [name, argument] = entries.length === 1 && entries[0] ? entries[0] : ['', null]
  if (name === 'Ref' || name.startsWith('Fn::')) {
    const intrinsic =
      intrinsics[name] ?? fail(scope, `${name} is not known to the local run (local/template/intrinsics.ts)`)
    return intrinsic(argument, scope)
  }
  const resolved = entries.map(([key, item]) => [key, resolve(item, scope)])
  return Object.fromEntries(resolved.filter(([, item]) => item !== undefined))
}
