import { once } from 'node:events'
import type { Server } from 'node:http'
import { portError } from './port-error.ts'

/** Where a gateway listens. */
export interface Listening {
  /** Of the one interface; all of them where it is missing or null. */
  readonly listenAddress?: string | null
}

/**
 * Listens on a TCP port.
 * @param setting what to change where that fails
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
