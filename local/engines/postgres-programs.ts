import { spawnSync } from 'node:child_process'

/** `nobody` on every Linux that we know; initdb wants a user that has a name. */
const unprivilegedId = 65_534

/** How a command is run by a user that PostgreSQL accepts: it refuses root. */
export interface RunAs {
  readonly prefix: readonly string[]
  readonly ids: { readonly uid?: number; readonly gid?: number }
  /** Who must own the data; null where that is who runs us. */
  readonly owner: number | null
}

/**
 * The one right kept is to read and write what another user owns, because a clone may lie below a folder that `nobody`
 * cannot enter (CI makes them 0700). Without the secure bit, `access(2)` would not honour it.
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

/** As an ordinary user: as is. As root: as `nobody`, through setpriv (util-linux) where that is there. */
export const runAsUnprivileged = (): RunAs => {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {}, owner: null }
  if (works([...setpriv, 'true'])) return { prefix: setpriv, ids: {}, owner: unprivilegedId }
  return { prefix: [], ids: { uid: unprivilegedId, gid: unprivilegedId }, owner: unprivilegedId }
}
