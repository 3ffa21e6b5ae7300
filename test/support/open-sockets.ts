import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** 127.0.0.1 and ::1, as the kernel writes them. */
const loopback = ['0100007F', '00000000000000000000000001000000']

/** What the kernel calls a socket that waits for anybody: of TCP it listens, of UDP it is connected to nobody. */
const waiting = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' }

/** `socket:[INODE]` of whatever a process has open. */
const filesOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      // closed meanwhile
      return []
    }
  })

/** Every socket of these processes that other machines may send to, as `udp 00000000:1633`. */
export const openToOthers = (pids: readonly number[]): string[] => {
  const theirs = new Set(pids.flatMap(filesOf))
  return Object.entries(waiting).flatMap(([table, state]) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , is, , , , , , inode]) => {
        const isTheirs = is === state && theirs.has(`socket:[${inode}]`)
        return isTheirs && !loopback.includes(local.split(':')[0] ?? '')
      })
      .map(([, local]) => `${table} ${local}`),
  )
}
