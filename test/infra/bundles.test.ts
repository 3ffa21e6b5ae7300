import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { build as esbuild } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../../bin/app.ts'
import { dev } from '../../bin/stages.ts'
import { conditions, mainFields } from '../../lib/handler.ts'
import type { Stage } from '../../lib/stage.ts'
import { context, ourFunctions } from './templates.ts'

const app = new App({ context })
let ingest: Template

beforeAll(() => {
  ingest = Template.fromStack(build('dev', app).ingest)
})
afterAll(() => rmSync(app.outdir, { recursive: true, force: true }))

const folder = (hash: string) => join(app.outdir, `asset.${hash}`)
const functionFolder = (start: string) => {
  const [, { Properties }] = ourFunctions(ingest).find(([id]) => id.startsWith(start)) ?? ['', { Properties: {} }]
  return folder(Properties.Code.S3Key.replace('.zip', ''))
}

test('every function is one file of at most 600 KB', () => {
  const sizes = ourFunctions(ingest).map(([id]) => statSync(join(functionFolder(id), 'index.js')).size)
  expect(sizes).toHaveLength(9)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(600_000)
})

/** Packages in the bundles of all entry points, as the stage on this bus gets them. */
const packagesOn = async (bus: Stage['bus']) => {
  const { metafile } = await esbuild({
    entryPoints: ['lambdas/*.ts', 'udp-gateway/main.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    conditions: conditions({ ...dev, bus }),
    mainFields,
    write: false,
    outdir: 'unwritten',
    metafile: true,
  })
  const packages = Object.keys(metafile.inputs).map((path) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? '')
  return { packages, sizes: Object.values(metafile.outputs).map(({ bytes }) => bytes) }
}

test.each([
  ['sqs', 'kinesis'],
  ['kinesis', 'sqs'],
] as const)('bundles for %s hold no client of %s and no development dependency', async (bus, other) => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { packages, sizes } = await packagesOn(bus)
  expect(packages).toEqual(expect.arrayContaining(['pg', `@aws-sdk/client-${bus}`]))
  expect(packages).not.toContain(`@aws-sdk/client-${other}`)
  expect(packages.filter((name) => name in devDependencies)).toEqual([])
  expect(Math.max(...sizes)).toBeLessThanOrEqual(600_000)
})

test('the upkeep function carries the migrations it runs', () => {
  expect(readdirSync(join(functionFolder('Upkeep'), 'db'))).toEqual(readdirSync('db'))
})

test('the image is given the Dockerfile and the one file that it copies', () => {
  const [task] = Object.values(ingest.findResources('AWS::ECS::TaskDefinition'))
  const hash = task?.Properties.ContainerDefinitions[0].Image['Fn::Sub'].split(':').at(-1)
  expect(readdirSync(folder(hash))).toEqual(['Dockerfile', 'gateway.mjs'])
  expect(readFileSync(join(folder(hash), 'Dockerfile'), 'utf8')).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
})
