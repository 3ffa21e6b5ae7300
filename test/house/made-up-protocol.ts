import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

/** Everything that is compiled, and the migrations. */
const sources: readonly string[] = [...JSON.parse(textOf('tsconfig.json')).include, 'db']

/** The profile and the reader that docs/profiles.md shows. */
const [profile = '', reader = ''] = [...textOf('docs/profiles.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, ts]) => ts,
)

const newFiles: Readonly<Record<string, string>> = {
  'core/devices/acme/index.ts': profile.replace("'sigfox-data'", "'acme-http'"),
  'core/devices/acme/callback.ts': reader,
  'db/0099_acme.sql': "-- Up Migration\n\nALTER TYPE uplink_kind ADD VALUE IF NOT EXISTS 'acme-http';\n",
}

/** What changes in existing files: a text that each has once, and what takes its place. */
const changes: readonly (readonly [path: string, from: string, to: string])[] = [
  ['core/message/lane.ts', '\n} as const', "\n  'acme-http': { lane: 'sigfox', payload: 'frame' },\n} as const"],
  ['core/devices/index.ts', 'import { adeunis', "import { acmeProfiles } from './acme/index.ts'\nimport { adeunis"],
  ['core/devices/index.ts', '...elkoProfiles]', '...elkoProfiles, ...acmeProfiles]'],
  ['core/ingest/callbacks.ts', 'import {', "import { readAcme } from '../devices/acme/callback.ts'\nimport {"],
  ['core/ingest/callbacks.ts', ' readBatch],', " readBatch],\n  ['/acme/uplink', readAcme],"],
  ['contract/callback-paths.ts', "'/sigfox/batch'", "'/sigfox/batch', '/acme/uplink'"],
]

const replaceOnce = (path: string, from: string, to: string) => {
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`${path} does not have ${JSON.stringify(from)} exactly once`)
  writeFileSync(path, text.replace(from, to))
}

/** A copy of the sources to which the protocol of docs/profiles.md is added. The caller removes it. */
export const copyWithProtocol = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-protocol-'))
  for (const path of [...sources, 'tsconfig.json', 'package.json', 'package-lock.json'])
    cpSync(join(root, path), join(copy, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [path, text] of Object.entries(newFiles)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), text)
  }
  for (const [path, from, to] of changes) replaceOnce(join(copy, path), from, to)
  return copy
}

/** The files of the project whose text is another in `copy`. */
export const changedIn = (copy: string): string[] => {
  const patterns = sources.map((path) => (path.includes('.') ? path : `${path}/**/*.*`))
  return globSync(patterns, { cwd: root }).filter((path) => readFileSync(join(copy, path), 'utf8') !== textOf(path))
}
