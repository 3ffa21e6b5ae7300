import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { dev } from '../../bin/stages.ts'
import { conditions, mainFields, root } from '../../lib/ingest/bundling.ts'
import { assetFolder, type Resource } from '../../local/template/assembly.ts'
import { synthesise } from '../../local/template/synthesise.ts'
import { median, type Part } from './measure/part.ts'

const starts = 9
const run = promisify(execFile)

interface Bundle {
  readonly name: string
  readonly file: string
  readonly environment: Record<string, string>
}

/** What the template sets. A value that only AWS knows becomes `1`, which is a valid text and a valid number. */
const environmentOf = ({ Properties }: Resource) => {
  const { Variables = {} } = (Properties?.Environment ?? {}) as { Variables?: Record<string, unknown> }
  return Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => [name, typeof value === 'string' ? value : '1']),
  )
}

/** The bundles of our functions as deployed. Two functions may share one. */
const bundlesOf = async (folder: string): Promise<Bundle[]> => {
  const assembly = await synthesise(dev, folder, AbortSignal.timeout(60_000))
  const found = new Map<string, Bundle>()
  for (const { resources } of assembly.stacks)
    for (const [name, resource] of Object.entries(resources)) {
      // CDK's own providers have no log group of ours
      if (resource.Type !== 'AWS::Lambda::Function' || resource.Properties?.Handler !== 'index.handler') continue
      const file = join(assetFolder(assembly, resource.Properties.Code), 'index.js')
      found.set(file, { name, file, environment: environmentOf(resource) })
    }
  return [...found.values()]
}

const packageOf = (path: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

/** By the code of a bundle: its entry point and the npm packages inside. Built with the settings of `lib/ingest/handler.ts`. */
const contentsByCode = async () => {
  const entries = readdirSync(join(root, 'lambdas')).filter((name) => name.endsWith('.ts'))
  const built = entries.map(async (entry) => {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(root, 'lambdas', entry)],
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      conditions: conditions(dev),
      mainFields,
      define: { 'import.meta.dirname': '__dirname' },
      logLevel: 'error',
    })
    const packages = new Map<string, number>()
    for (const { inputs } of Object.values(metafile.outputs))
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const name = packageOf(path)
        // a package that is read but not used leaves nothing in the bundle
        if (name && bytesInOutput > 0) packages.set(name, (packages.get(name) ?? 0) + bytesInOutput)
      }
    return [outputFiles[0]?.text ?? '', { entry, packages }] as const
  })
  return new Map(await Promise.all(built))
}

/** Milliseconds of a fresh process that imports `file`, or imports nothing. */
const startMillis = async (environment: Record<string, string>, file?: string): Promise<number> => {
  const script = file === undefined ? '' : `require(${JSON.stringify(file)})`
  const begin = performance.now()
  // the process exits by itself: an open pool or agent would keep it alive
  await run(process.execPath, ['-e', `${script};process.exit(0)`], {
    env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', ...environment },
  })
  return performance.now() - begin
}

/** Cold imports less a bare start. The bundles take turns, so that a disturbance hits all of them. */
const coldImports = async (bundles: readonly Bundle[]): Promise<number[]> => {
  const bare: number[] = []
  const loaded: number[][] = bundles.map(() => [])
  for (let n = 0; n < starts; n++) {
    bare.push(await startMillis({}))
    for (const [i, { environment, file }] of bundles.entries()) loaded[i]?.push(await startMillis(environment, file))
  }
  return loaded.map((times) => median(times) - median(bare))
}

/** Packages with their KB, largest first. Of a scope only the clients are named, and small packages are only counted. */
const shortly = (packages: ReadonlyMap<string, number>): string => {
  const groups = new Map<string, number>()
  for (const [name, bytes] of packages) {
    const group = name.startsWith('@') && !name.includes('/client-') ? `${name.split('/')[0]}/*` : name
    groups.set(group, (groups.get(group) ?? 0) + bytes)
  }
  const sorted = [...groups].sort(([, a], [, b]) => b - a)
  const large = sorted.filter(([, bytes]) => bytes >= 2_000)
  const rest = sorted.length - large.length
  return [
    ...large.map(([name, bytes]) => `${name} ${Math.round(bytes / 1000)}`),
    ...(rest > 0 ? [`${rest} below 2`] : []),
  ].join(', ')
}

const faultsOf = (names: readonly string[]): string => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: object
  }
  const faults = names.filter((name) => name in devDependencies).map((name) => `holds ${name}, a development tool`)
  const buses = names.filter((name) => /client-(sqs|kinesis)$|^@nats-io\//.test(name) && !name.endsWith('sqs'))
  if (buses.length > 0) faults.push(`holds ${buses.join(', ')}, another stage's bus`)
  return faults.join('; ')
}

/** What stage dev deploys: size, packages inside, and how long a cold start takes to import it. */
export const bundles: Part = async (progress) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    progress(`bundles: synthesising stage ${dev.name}`)
    const [deployed, contents] = await Promise.all([bundlesOf(folder), contentsByCode()])
    progress(`bundles: ${starts} cold imports of each`)
    const cold = await coldImports(deployed)
    const rows = deployed.map(({ name, file }, i) => {
      const code = readFileSync(file, 'utf8')
      const { entry, packages } = contents.get(code) ?? { entry: name, packages: new Map() }
      const aim = entry.endsWith('-worker.ts') ? '<= 60' : ''
      const inside =
        packages.size > 0 ? shortly(packages) : 'unknown: the settings here differ from lib/ingest/handler.ts'
      return [
        entry,
        Buffer.byteLength(code) / 1000,
        cold[i] ?? null,
        aim,
        faultsOf([...packages.keys()]) || 'none',
        inside,
      ]
    })
    return [
      {
        title: `Bundles of stage ${dev.name}, as deployed: minified size and cold import over a bare start of Node`,
        columns: ['function', 'KB (aim 600)', '+ ms', 'aim', 'faults', 'packages inside, KB'],
        rows: rows.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
        notes: [`+ ms: the median of ${starts} fresh processes, less the median of as many that import nothing.`],
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
