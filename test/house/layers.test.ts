import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

const forbidden: [path: string, imported: string][] = [
  ['contract/package.ts', 'pg'],
  ['contract/upwards.ts', '../core/message/outcome.ts'],
  ['core/fs.ts', 'node:fs'],
  ['core/package.ts', 'pg'],
  ['core/upwards.ts', '../adapters/process/log.ts'],
  ['core/contract.ts', '../contract/settings.ts'],
  ['core/sigfox/upwards.ts', '../../lambdas/api.ts'],
  ['adapters/postgres/upwards.ts', '../../lambdas/api.ts'],
  ['adapters/postgres/door.ts', '../../door/run.ts'],
  ['operations/upwards.ts', '../commands/command-line/command.ts'],
  ['operations/entry.ts', '../lambdas/operations.ts'],
  ['lambdas/sideways.ts', '../udp-gateway/gateway.ts'],
  ['lambdas/door.ts', '../door/run.ts'],
  ['door/upwards.ts', '../udp-gateway/gateway.ts'],
  ['udp-gateway/sideways.ts', '../http-gateway/gateway.ts'],
  ['udp-gateway/template.ts', '../lib/stage/stage.ts'],
  ['http-gateway/sideways.ts', '../lambdas/sigfox-callback.ts'],
  ['lib/into-core.ts', '../core/message/outcome.ts'],
  ['lib/watch/entry.ts', '../../lambdas/api.ts'],
  ['bin/settings.ts', '../contract/settings.ts'],
  ['local/entry.ts', '../lambdas/api.ts'],
  ['local/bus/upwards.ts', '../../commands/command-line/command.ts'],
  ['commands/entry.ts', '../lambdas/api.ts'],
  ['commands/redrive/lab.ts', '../../lab/ledger/ledger.ts'],
  ['lab/test-file.ts', '../test/engines/store/held.ts'],
  ['test/lab.ts', '../lab/ledger/ledger.ts'],
  ['test/engines/store/lab.ts', '../../../lab/ledger/ledger.ts'],
]

const allowed: [path: string, imported: string][] = [
  ['core/down.ts', './message/outcome.ts'],
  ['core/sigfox/down.ts', '../message/outcome.ts'],
  ['adapters/down.ts', '../core/message/outcome.ts'],
  ['operations/down.ts', '../adapters/process/log.ts'],
  ['lambdas/down.ts', '../adapters/process/log.ts'],
  ['door/down.ts', '../contract/vitals.ts'],
  ['udp-gateway/down.ts', '../door/run.ts'],
  ['http-gateway/down.ts', '../door/run.ts'],
  ['lib/names.ts', '../contract/settings.ts'],
  ['bin/down.ts', '../lib/stage/stage.ts'],
  ['local/down.ts', '../bin/stages.ts'],
  ['commands/down.ts', '../operations/index.ts'],
  ['lab/down.ts', '../commands/command-line/progress.ts'],
  ['lab/support.ts', '../test/support/flow.ts'],
  ['test/down.ts', '../local/start.ts'],
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

test('every room with code has a rule of its own, and an offender here', () => {
  const rooms = globSync('*/**/*.ts', { cwd: root, exclude: ['node_modules/**', 'cdk.out/**'] }).map(
    (file) => file.split('/')[0],
  )
  const offended = forbidden.map(([path]) => path.split('/')[0])
  expect([...new Set(offended)].sort()).toEqual([...new Set(rooms)].sort())
})

test('a circle of files is found where it is closed by a type alone', () => {
  for (const [name, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const)
    writeFileSync(
      join(folder, `circle-${name}.ts`),
      `import type { ${other.toUpperCase()} } from './circle-${other}.ts'\n\nexport type ${name.toUpperCase()} = ${other.toUpperCase()} | null\n`,
    )
  const biome = join(root, 'node_modules/.bin/biome')
  const circles = spawnSync(biome, ['lint', '--only=suspicious/noImportCycles', '--reporter=github'], { cwd: folder })
  expect(circles.stdout.toString()).toContain('/circle-a.ts,')
})

test('the linter lets the arrows of the house pass', () => {
  for (const [path] of allowed) expect(found).not.toContain(`/${path.replace(/\.ts$/, '')}.`)
})
