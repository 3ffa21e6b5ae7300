import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { build as esbuild } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build, buildStage } from '../../bin/app.ts'
import { dev } from '../../bin/stages.ts'
import { variantOf } from '../../bin/variants.ts'
import { conditions, mainFields } from '../../lib/ingest/bundling.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { context, ourFunctions } from '../support/templates.ts'

const app = new App({ context })
let ingest: Template
/** The other bus and the other door. */
let other: Template

beforeAll(() => {
  const stacks = [build('dev', app), buildStage({ ...variantOf(dev, 'kinesis', 'container'), name: 'other' }, app)]
  ;[ingest, other] = stacks.map((stack) => Template.fromStack(stack.ingest)) as [Template, Template]
}, 120_000)
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

/** Packages in the bundles of all entry points on this bus. */
const packagesOn = async (bus: Stage['bus']) => {
  const { metafile } = await esbuild({
    entryPoints: ['lambdas/*.ts', 'udp-gateway/main.ts', 'http-gateway/main.ts'],
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
  const packageOf = (path: string) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? ''
  /** Entry points whose bundle holds the package. */
  const bundlesWith = (name: string) =>
    Object.values(metafile.outputs)
      .filter(({ inputs }) => Object.keys(inputs).some((path) => packageOf(path) === name))
      .map(({ entryPoint }) => entryPoint)
      .sort()
  return {
    packages: Object.keys(metafile.inputs).map(packageOf),
    sizes: Object.values(metafile.outputs).map(({ bytes }) => bytes),
    bundlesWith,
    sizeOf: (entry: string) => Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === entry)?.bytes,
  }
}

/** Clients of the AWS SDK. The first one adds 130 KB that all clients share. */
const clientsIn = (packages: readonly string[]) => [
  ...new Set(packages.filter((name) => name.startsWith('@aws-sdk/client-'))),
]

test.each([
  ['sqs', []],
  ['kinesis', ['@aws-sdk/client-kinesis']],
] as const)('bundles for %s hold the clients %j of the SDK, and no development dependency', async (bus, clients) => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { packages, sizes } = await packagesOn(bus)
  expect(packages).toEqual(expect.arrayContaining(['pg', '@smithy/signature-v4']))
  expect(clientsIn(packages)).toEqual(clients)
  expect(packages.filter((name) => name in devDependencies)).toEqual([])
  expect(Math.max(...sizes)).toBeLessThanOrEqual(600_000)
})

test('only entry points that publish bundle the Kinesis client', async () => {
  const { bundlesWith } = await packagesOn('kinesis')
  expect(bundlesWith('@aws-sdk/client-kinesis')).toEqual([
    'http-gateway/main.ts',
    'lambdas/raw-worker.ts',
    'lambdas/sigfox-callback.ts',
    'udp-gateway/main.ts',
  ])
})

test('on SQS the functions of the Sigfox door are at most 60 KB: a cold start compiles what it loads', async () => {
  const { sizeOf } = await packagesOn('sqs')
  expect(sizeOf('lambdas/sigfox-callback.ts')).toBeLessThanOrEqual(60_000)
  expect(sizeOf('lambdas/sigfox-authorizer.ts')).toBeLessThanOrEqual(60_000)
})

test('the upkeep function carries the migrations it runs', () => {
  expect(readdirSync(join(functionFolder('Upkeep'), 'db'))).toEqual(readdirSync('db'))
})

test('each image gets the Dockerfile and the one file that it copies, and the Dockerfile names its ports', () => {
  const tasks = Object.values(other.findResources('AWS::ECS::TaskDefinition'))
  expect(tasks).toHaveLength(2)
  for (const task of tasks) {
    const [{ Image, PortMappings }] = task.Properties.ContainerDefinitions
    const image = folder(Image['Fn::Sub'].split(':').at(-1))
    expect(readdirSync(image)).toEqual(['Dockerfile', 'gateway.mjs'])
    const dockerfile = readFileSync(join(image, 'Dockerfile'), 'utf8')
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
    for (const { ContainerPort, Protocol } of PortMappings)
      expect(dockerfile).toMatch(new RegExp(`^EXPOSE .*\\b${ContainerPort}/${Protocol}\\b`, 'm'))
  }
})

/** What keys and tokens look like, wherever they are. */
const secretShapes = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}/,
  /\b(gh[pousr]_|xox[abp]-|npm_)[A-Za-z0-9-]{20}/,
  /"SecretString"\s*:/,
  /"MasterUserPassword"\s*:/,
  /\{\{resolve:/,
]

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

test('no synthesised file holds a secret (P31, P34)', () => {
  const files = filesIn(app.outdir)
  expect(files.length).toBeGreaterThan(12)
  const ofThisProcess = Object.entries(process.env)
    .filter(([name, value]) => /TOKEN|SECRET|PASSWORD|CREDENTIAL/i.test(name) && (value?.length ?? 0) >= 12)
    .map(([, value]) => value ?? '')
  const findings = files.flatMap((file) => {
    const text = readFileSync(file, 'latin1')
    const shapes = secretShapes.filter((shape) => shape.test(text)).map(String)
    return [
      ...shapes,
      ...ofThisProcess.filter((value) => text.includes(value)).map(() => 'a secret of this process'),
    ].map((what) => `${what} in ${file}`)
  })
  expect(findings).toEqual([])
})

test('no long word in the templates is random, except the hashes of assets and of CDK', () => {
  const words = filesIn(app.outdir)
    .filter((file) => file.endsWith('.template.json'))
    .flatMap((file) => readFileSync(file, 'utf8').match(/[A-Za-z0-9+/_-]{32,}={0,2}/g) ?? [])
  const entropyBits = (word: string) => {
    const counts = Map.groupBy(word, (letter) => letter)
    return [...counts.values()].reduce(
      (sum, { length }) => sum - (length / word.length) * Math.log2(length / word.length),
      0,
    )
  }
  const random = words.filter(
    (word) => entropyBits(word) > 4.6 && /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word),
  )
  // Logical ids are long too and end in a hash, but they are made of words.
  expect(random.filter((word) => !/[A-Z][a-z]+[A-Z][a-z]+/.test(word))).toEqual([])
  expect(entropyBits('q8Zr1LmVx0TnB5yKw7HcD3sGfJ9aPe2U')).toBeGreaterThan(4.6)
})
