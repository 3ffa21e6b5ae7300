import { once } from 'node:events'
import type { Server } from 'node:http'

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'may not be opened by this user',
}

/** A port that cannot be opened, in a sentence that says what to do. */
export class PortError extends Error {
  override name = 'PortError'
}

export const portError = (transport: 'UDP' | 'TCP', port: number, setting: string, cause: NodeJS.ErrnoException) => {
  const why = reasons[cause.code ?? ''] ?? `cannot be opened (${cause.message})`
  return new PortError(`${transport} port ${port} ${why}: set ${setting} to another port, or stop what uses it`, {
    cause,
  })
}

/** Where a gateway listens. */
export interface Listening {
  /** The address of one interface; missing or null for all of them. */
  readonly listenAddress?: string | null
}

/**
 * Listens on a TCP port.
 * @param setting the name of the setting that chooses the port, for the error
 * @throws PortError
 */
export const listen = async (
  server: Server,
  port: number,
  { listenAddress }: Listening,
  setting: string,
): Promise<Server> => {
  try {
    server.listen(port, listenAddress ?? undefined)
    await once(server, 'listening')
  } catch (error) {
    throw portError('TCP', port, setting, error as NodeJS.ErrnoException)
  }
  return server
}
