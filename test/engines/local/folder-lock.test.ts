import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { lockFolder } from '../../../local/process/folder-lock.ts'
import { temporaryFolder } from '../../support/local.ts'

const folder = temporaryFolder()
const lock = join(folder.path, 'lock')
let unlock = () => {}

afterEach(() => unlock())
afterAll(() => folder.remove())

test('a locked folder is refused until it is unlocked', () => {
  unlock = lockFolder(folder.path)
  expect(() => lockFolder(folder.path)).toThrow('set DATA_DIR to another folder')
  unlock()
  expect(existsSync(lock)).toBe(false)
  unlock = lockFolder(folder.path)
})

test('the lock of a living process is not taken over', () => {
  const program = `
    import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, '../../../local/process/folder-lock.ts'))}
    try { lockFolder(${JSON.stringify(folder.path)}) } catch (error) { console.log(error.message) }`
  unlock = lockFolder(folder.path)
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'utf8',
  })
  expect(stdout).toContain(`(process ${process.pid})`)
  expect(stdout).toContain('set DATA_DIR to another folder')
})

test('the lock of a dead process is taken over', () => {
  writeFileSync(lock, `${spawnSync('true').pid} 1`)
  unlock = lockFolder(folder.path)
})

test('a lock whose process id now belongs to another process is taken over', () => {
  writeFileSync(lock, `${process.ppid} 1`)
  unlock = lockFolder(folder.path)
})
