import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StartFault } from '../process/starting.ts'
import type { RunAs } from './postgres-programs.ts'

export const postgresUser = 'postgres'

/** The password of this data folder. It is made once, and only its owner can read it. */
export const postgresPassword = (dataDir: string): string => {
  const path = join(dataDir, 'postgres-password')
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(`${path}.new`, randomBytes(24).toString('base64url'), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return readFileSync(path, 'utf8')
}

/** Makes the cluster under another name and renames it: a kill in between leaves no half-made cluster. */
export const makeCluster = async (dataDir: string, initdb: string, runAs: RunAs): Promise<string> => {
  const data = join(dataDir, 'postgres')
  if (existsSync(data)) return data
  postgresPassword(dataDir)
  const fresh = `${data}.new`
  const passwordFile = `${data}.pw`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { mode: 0o700 })
  writeFileSync(passwordFile, postgresPassword(dataDir), { mode: 0o600 })
  if (runAs.owner !== null) for (const path of [fresh, passwordFile]) chownSync(path, runAs.owner, runAs.owner)
  const options = [
    `--pgdata=${fresh}`,
    `--username=${postgresUser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Text sorts alike on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  const [command = initdb, ...args] = [...runAs.prefix, initdb, ...options]
  try {
    await promisify(execFile)(command, args, { ...runAs.ids, env: { PATH: process.env.PATH, LC_ALL: 'C' } })
  } catch (error) {
    throw new StartFault(`PostgreSQL could not make its data folder ${data}: ${(error as Error).message.trim()}`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(fresh, data)
  return data
}

/** The server process that `postmaster.pid` names, and whether it says that it is ready. */
export const postmaster = (data: string): { readonly pid: number; readonly ready: boolean } | null => {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), ready: lines[7]?.startsWith('ready') ?? false }
  } catch {
    return null
  }
}

const commandLine = async (pid: number) => {
  try {
    return (await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)])).stdout
  } catch {
    return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : ''
  }
}

const orphanLimitMs = 15_000

/** Stops the server that a killed run left on this data. Removes its pid file if the id belongs to another process. */
export const stopOrphan = async (data: string): Promise<void> => {
  const deadline = Date.now() + orphanLimitMs
  let signal: NodeJS.Signals = 'SIGINT'
  for (let left = postmaster(data); left; left = postmaster(data)) {
    const command = await commandLine(left.pid)
    if (!command.includes(data)) {
      // Process ids are reused: PostgreSQL would refuse to start while an unrelated process has that id.
      if (command) rmSync(join(data, 'postmaster.pid'), { force: true })
      return
    }
    if (Date.now() > deadline) signal = 'SIGKILL'
    process.kill(left.pid, signal)
    await sleep(100)
  }
}
