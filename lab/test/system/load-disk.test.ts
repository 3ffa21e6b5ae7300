import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { assemblyOf } from '../../../test/support/assembly.ts'
import { temporaryFolder } from '../../../test/support/local.ts'
import type { LoadResult } from '../../load/result/result.ts'
import { planOf } from '../load/plans.ts'

const folder = temporaryFolder()
const repository = join(import.meta.dirname, '../../..')
const mounts: string[] = []

/** A disk of so many megabytes; null where this user may mount none. */
const mount = (name: string, megabytes: number): string | null => {
  const path = join(folder.path, name)
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return null
  }
  mounts.push(path)
  return path
}

/** Leaves so much of a disk, as if others had filled it. */
const fill = (disk: string, leftMegabytes: number) => {
  const { blocks, bfree, bsize } = statfsSync(disk)
  const size = Math.ceil(((blocks - bfree) * bsize) / 2 ** 20) + leftMegabytes
  execFileSync('mount', ['-o', `remount,size=${size}m`, disk])
}
afterAll(() => {
  for (const path of mounts) execFileSync('umount', ['--lazy', path])
  folder.remove()
})

const reserve = mount('reserve', 1_400)
const small = mount('small', 1)
if (reserve === null) console.log('skipped: no disk can be filled up where nobody may mount one; run it as root')

test.skipIf(reserve === null)(
  'a disk that fills up ends the sending; all that was sent until then is accounted for',
  async () => {
    const json = join(folder.path, 'full.json')
    const args = ['--devices', '3600000', '--minutes', '1', '--sigfox-batches', '--seed', '17', '--json', json]
    const child = spawn(
      process.execPath,
      [join(repository, 'lab/load/main.ts'), ...args, '--assembly', await assemblyOf()],
      { cwd: folder.path, env: { ...process.env, TMPDIR: reserve ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let [said, isFilled] = ['', false]
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk
        if (isFilled || !said.includes(' stored')) return
        isFilled = true
        setTimeout(fill, 1_500, reserve ?? '', 200)
      })
    const [code] = await once(child, 'close')
    const { sent, stored, lost, unexpected, duplicated, misread, conservation } = JSON.parse(
      readFileSync(json, 'utf8'),
    ) as LoadResult
    // once while it runs and once as the last word
    expect(said.match(/The disk of \S+ is full: no more is sent\./g), said).toHaveLength(2)
    expect(code).toBe(2)
    const ledger = /ledger of what was sent is in (\S+)/.exec(said)?.[1] ?? ''
    expect(
      readFileSync(ledger)
        .subarray(-60_000)
        .filter((answer) => answer > 0).length,
    ).toBeGreaterThan(1_000)
    expect(sent).toBeGreaterThan(1_000)
    expect(sent).toBeLessThan(20_000)
    expect(stored).toBeGreaterThan(900)
    expect({ lost, unexpected, duplicated, misread }).toEqual({ lost: 0, unexpected: 0, duplicated: 0, misread: 0 })
    expect(conservation.filter(({ holds }) => !holds)).toEqual([])
  },
)

test.skipIf(small === null)('a ledger that has no room on its disk is one sentence, before anything is sent', () => {
  const script = `
    import { openLedgerFile } from ${JSON.stringify(join(repository, 'lab/load/run/ledger-file.ts'))}
    try { openLedgerFile(${JSON.stringify(planOf())}, new Uint8Array(2_000_000)) }
    catch (error) { console.log(error.name + ': ' + error.message) }`
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: small ?? '',
  }).toString()
  expect(said).toMatch(/^LoadFault: The ledger cannot be kept in \S+\.ledger: ENOSPC[^\n]*\n$/)
})
