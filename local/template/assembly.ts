import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

export interface Stack {
  readonly name: string
  readonly resources: Readonly<Record<string, Resource>>
  readonly outputs: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>>
  readonly parameters: Readonly<Record<string, { readonly Default?: unknown }>>
}

/** A synthesised CDK app: its stacks, and the folder that holds them and their assets. */
export interface Assembly {
  readonly folder: string
  readonly stacks: readonly Stack[]
}

interface Template {
  readonly Resources?: Stack['resources']
  readonly Outputs?: Stack['outputs']
  readonly Parameters?: Stack['parameters']
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly properties?: { templateFile?: string; stackName?: string } }>
  >
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

const readStack = (folder: string, id: string, file: { templateFile?: string; stackName?: string }): Stack => {
  const template = readJson<Template>(join(folder, file.templateFile ?? `${id}.template.json`))
  return {
    name: file.stackName ?? id,
    resources: template.Resources ?? {},
    outputs: template.Outputs ?? {},
    parameters: template.Parameters ?? {},
  }
}

/** Reads a synthesised CDK app (`cdk.out`). */
export const readAssembly = (folder: string): Assembly => {
  const { artifacts } = readJson<Manifest>(join(folder, 'manifest.json'))
  const stacks = Object.entries(artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => readStack(folder, id, artifact.properties ?? {}))
  return { folder, stacks }
}

/** The folder of an asset, found by the hash in its upload name. */
export const assetFolder = (assembly: Assembly, uploadedAs: unknown): string => {
  const hash = /[0-9a-f]{64}/.exec(JSON.stringify(uploadedAs))?.[0]
  if (!hash) throw new Error(`${JSON.stringify(uploadedAs)} names no asset of the CDK app`)
  return join(assembly.folder, `asset.${hash}`)
}
