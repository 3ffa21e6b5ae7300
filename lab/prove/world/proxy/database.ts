import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { signalAll } from '../../../processes/proc.ts'
import type { Fault } from './fault.ts'
import { type Frame, framesOf } from './postgres-frames.ts'

/** A COMMIT that a rule decides about. */
interface SeenCommit {
  readonly caller: () => number | null
}

export interface DatabaseProxy {
  readonly port: number
  /** Sets the rule that decides which fault hits a COMMIT. By default there is none. `error` counts as `cut`. */
  readonly inject: (rule: ((commit: SeenCommit) => Fault | null) | null) => void
  /** Cuts all connections and refuses new ones (true), or accepts them again. */
  readonly down: (isDown: boolean) => void
  /** The most connections that one process had open at once, since the last call of this. */
  readonly mostConnections: () => number
  readonly stop: () => Promise<void>
}

/** Copies frames from one socket to the other in order. Each waits for `pass`, which returns false to stop. */
const pump = (from: Socket, to: Socket, hasStartup: boolean, pass: (frame: Frame) => Promise<boolean>) => {
  const split = framesOf(hasStartup)
  let chain = Promise.resolve()
  from.on('data', (chunk: Buffer) => {
    const frames = split(chunk)
    chain = chain.then(async () => {
      for (const frame of frames) {
        if (!(await pass(frame)) || to.destroyed) return
        to.write(frame.bytes)
      }
    })
  })
  from.on('close', () => {
    // frames sent before the end still arrive, as they would over the wire
    chain = chain.then(() => void to.end())
  })
  from.on('error', () => to.destroy())
}

/**
 * A proxy between the processes and PostgreSQL, on 127.0.0.1. It sees every COMMIT and its confirmation.
 * @param callerAt finds the process that connected from this port to the proxy's
 */
export const startDatabaseProxy = async (
  real: { readonly host: string; readonly port: number },
  callerAt: (fromPort: number, proxyPort: number) => number | null,
): Promise<DatabaseProxy> => {
  const sockets = new Set<Socket>()
  const open = new Map<number, number>()
  let most = 0
  let rule: ((commit: SeenCommit) => Fault | null) | null = null
  let isDown = false
  let port = 0

  const count = (pid: number, change: 1 | -1) => {
    const now = (open.get(pid) ?? 0) + change
    open.set(pid, now)
    most = Math.max(most, now)
  }

  const join = (client: Socket) => {
    const server = connect(real.port, real.host)
    const both = [client, server]
    const cut = () => {
      for (const socket of both) socket.destroy()
    }
    for (const socket of both) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('close', () => sockets.delete(socket))
    }
    const fromPort = client.remotePort ?? 0
    const caller = () => callerAt(fromPort, port)
    // the process is looked up once, when the connection opens
    const pid = caller()
    if (pid !== null) {
      count(pid, 1)
      client.on('close', () => count(pid, -1))
    }
    let atCommit: Fault | null = null
    const suffer = async (at: Fault['at']) => {
      if (atCommit?.at !== at) return true
      if (atCommit.do === 'wait') {
        await atCommit.until
        return true
      }
      if (atCommit.do === 'kill') signalAll([caller()], 'SIGKILL')
      cut()
      return false
    }
    pump(client, server, true, async (frame) => {
      if (!frame.asksCommit) return true
      atCommit = rule?.({ caller }) ?? null
      return suffer('before')
    })
    pump(server, client, false, async (frame) => !frame.saysCommitted || suffer('after'))
  }

  const listener = createServer((client) => {
    if (isDown) client.destroy()
    else join(client)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  port = (listener.address() as AddressInfo).port

  return {
    port,
    inject: (next) => {
      rule = next
    },
    down: (next) => {
      isDown = next
      if (isDown) for (const socket of sockets) socket.destroy()
    },
    mostConnections: () => {
      const seen = most
      most = Math.max(0, ...open.values())
      return seen
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
    },
  }
}
