import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const portHex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`

/** The inode of the socket that connects `fromPort` to `toPort` on this machine. */
const inodeOf = (fromPort: number, toPort: number): string | null => {
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/)
    if (local?.endsWith(portHex(fromPort)) && remote?.endsWith(portHex(toPort)) && inode) return inode
  }
  return null
}

const holds = (pid: number, socket: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === socket
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}

/**
 * Which of `pids` holds the connection from `fromPort` to our `toPort`. Null where none of them does. Linux only, because
 * it reads /proc.
 */
export const callerOf = (fromPort: number, toPort: number, pids: readonly number[]): number | null => {
  const inode = inodeOf(fromPort, toPort)
  return inode === null ? null : (pids.find((pid) => holds(pid, `socket:[${inode}]`)) ?? null)
}
