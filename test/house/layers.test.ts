import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

const forbidden: [path: string, imported: string][] = [
  ['core/fs.ts', 'node:fs'],
  ['core/package.ts', 'pg'],
  ['core/upwards.ts', '../adapters/log.ts'],
  ['core/sigfox/upwards.ts', '../../lambdas/api.ts'],
  ['adapters/postgres/upwards.ts', '../../lambdas/api.ts'],
  ['lambdas/sideways.ts', '../udp-gateway/gateway.ts'],
  ['udp-gateway/sideways.ts', '../lib/stage.ts'],
  ['lib/into-core.ts', '../core/outcome.ts'],
  ['lib/entry.ts', '../lambdas/api.ts'],
  ['bin/settings.ts', '../core/settings.ts'],
]

const allowed: [path: string, imported: string][] = [
  ['core/down.ts', './outcome.ts'],
  ['core/sigfox/down.ts', '../outcome.ts'],
  ['adapters/down.ts', '../core/outcome.ts'],
  ['lambdas/down.ts', '../adapters/log.ts'],
  ['lib/names.ts', '../core/settings.ts'],
  ['bin/down.ts', '../lib/stage.ts'],
]

const value = (imported: string) => `import { a } from '${imported}'\n\nexport const b = a\n`
const type = (imported: string) => `import type { A } from '${imported}'\n\nexport type B = A\n`

let folder: string
/** The files of the fixture, without their extension, in which the layer rule found something. */
let found: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-layers-'))
  const { $schema: _, vcs: __, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(config))
  for (const [path, imported] of [...forbidden, ...allowed])
    for (const [ending, text] of [['.ts', value(imported)] as const, ['.type.ts', type(imported)] as const]) {
      const file = join(folder, path.replace(/\.ts$/, ending))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  const biome = join(root, 'node_modules/.bin/biome')
  const only = '--only=style/noRestrictedImports'
  found = spawnSync(biome, ['lint', only, '--max-diagnostics=none', '--reporter=github'], {
    cwd: folder,
  }).stdout.toString()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const [path, imported] of forbidden)
  test(`the linter stops ${path} from importing ${imported}, as a value and as a type`, () => {
    expect(found).toContain(`/${path},`)
    expect(found).toContain(`/${path.replace(/\.ts$/, '.type.ts')},`)
  })

test('the linter lets the arrows of the house pass', () => {
  for (const [path] of allowed) expect(found).not.toContain(`/${path.replace(/\.ts$/, '')}.`)
})
