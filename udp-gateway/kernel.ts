import { readFile } from 'node:fs/promises'

/** What the kernel knows of a UDP socket. */
export interface KernelSocket {
  /** Datagrams that it has dropped since the socket was opened, because the receive buffer was full. */
  readonly drops: number
  /** Bytes waiting in the receive buffer, as the kernel charges them (a datagram of 50 B takes 768). */
  readonly waitingBytes: number
}

const nothing: KernelSocket = { drops: 0, waitingBytes: 0 }

/** Sums the sockets bound to `port` in a table as `/proc/net/udp` prints it. */
export const readUdpTable = (table: string, port: number): KernelSocket =>
  table.split('\n').reduce((sum, line) => {
    // sl local rem st tx:rx tr:when retrnsmt uid timeout inode ref pointer drops
    const fields = line.trim().split(/\s+/)
    const localPort = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)
    if (localPort !== port) return sum
    const waiting = Number.parseInt(fields[4]?.split(':')[1] ?? '', 16)
    return { drops: sum.drops + Number(fields[12]), waitingBytes: sum.waitingBytes + waiting }
  }, nothing)

// A host without IPv6 has no second table; a host that is not Linux has neither.
const table = (path: string) => readFile(path, 'latin1').catch(() => '')

/** What the kernel knows of the UDP sockets bound to `port`; zeros if it cannot be asked. */
export const askKernel = async (port: number): Promise<KernelSocket> =>
  readUdpTable((await table('/proc/net/udp')) + (await table('/proc/net/udp6')), port)
