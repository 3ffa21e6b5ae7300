import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Choices } from '../../../bin/choices.ts'
import type { Deployment } from '../model/deployment.ts'
import { CostFault } from '../model/fault.ts'
import { readTemplates } from './template.ts'

const root = join(import.meta.dirname, '../../..')

const inFolder = async (stage: string, choices: Choices, outdir: string): Promise<Deployment> => {
  // loaded late: it takes half a second, and other commands need no template
  process.env.CDK_VALIDATION = 'false'
  const { App } = await import('aws-cdk-lib/core')
  const { build } = await import('../../../bin/app.ts')
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, outdir })
  const { data, ingest } = build(stage, app, choices)
  const assembly = app.synth()
  return readTemplates(
    stage,
    [data, ingest].map(({ artifactId }) => assembly.getStackArtifact(artifactId).template),
  )
}

/** A stage of `bin/`, possibly with another bus or door, read from its template. Synthesised without bundling. @throws CostFault if that fails */
export const synthesise = async (stage: string, choices: Choices = {}): Promise<Deployment> => {
  const outdir = mkdtempSync(join(tmpdir(), 'sluice-cost-'))
  try {
    return await inFolder(stage, choices, outdir)
  } catch (error) {
    if (error instanceof CostFault) throw error
    throw new CostFault(`Stage "${stage}" does not synthesise: ${(error as Error).message.replace(/\s*\n\s*/g, ' ')}`)
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}
