import { functionArn, isOfFunction } from './addresses.ts'
import { assetFolder } from './assembly.ts'
import type { Cloud, Declared } from './cloud.ts'

export interface LambdaFunction {
  readonly name: string
  readonly arn: string
  /** Folder of the asset. */
  readonly bundle: string
  /** `file.export`, as in the template. */
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
}

/** A function of the template. */
export interface DeclaredFunction extends LambdaFunction {
  /** Reserved concurrency: invocations that AWS runs at once; null when the template sets no limit. */
  readonly mostConcurrent: number | null
}

const environmentOf = (fn: Declared) => {
  const variables = (fn.get('Environment', 'Variables') ?? {}) as Record<string, unknown>
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]))
}

/**
 * The template's function with this ARN, with or without a version. Only functions that something invokes here are
 * looked up: CDK's own helpers exist only on AWS.
 */
export const declaredFunction = (cloud: Cloud, arn: string): DeclaredFunction => {
  const fn = cloud.all('AWS::Lambda::Function').find(({ name }) => isOfFunction(arn, functionArn(name)))
  if (!fn) throw new Error(`The template declares no function ${arn}`)
  return {
    name: fn.name,
    arn: functionArn(fn.name),
    bundle: assetFolder(cloud.assembly, fn.raw('Code')),
    handler: String(fn.get('Handler')),
    environment: environmentOf(fn),
    timeoutSeconds: Number(fn.get('Timeout') ?? 3),
    memoryMegabytes: Number(fn.get('MemorySize') ?? 128),
    mostConcurrent: (fn.get('ReservedConcurrentExecutions') as number | undefined) ?? null,
  }
}
