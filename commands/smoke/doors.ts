import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { OperationFault } from '../../contract/operation-fault.ts'

/** Sigfox hangs up after ten seconds. */
const patienceMs = 10_000

/** Why a request failed: fetch itself only says "fetch failed". */
export const causeOf = (error: unknown): string => {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } }
  return cause?.message || cause?.code || message
}

/** Posts the callback as Sigfox would. @throws OperationFault that says what is wrong with the door or the token */
export const sendCallback = async (url: URL, token: string, body: Buffer): Promise<string> => {
  const startedMs = Date.now()
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new Uint8Array(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  }).catch((error: unknown) => {
    throw new OperationFault(`The Sigfox door ${url} does not answer: ${causeOf(error)}.`)
  })
  const { status } = response
  const answer = (await response.text()).slice(0, 200)
  if (status === 204) return `answered 204 after ${Date.now() - startedMs} ms`
  if (status === 200) throw new OperationFault(`The Sigfox door took the callback but refused its content: ${answer}`)
  if (status === 401 || status === 403)
    throw new OperationFault(
      `The Sigfox door refuses the token (HTTP ${status}): it is neither the current nor the next one of the secret.`,
    )
  throw new OperationFault(`The Sigfox door ${url} answers HTTP ${status}, not 204: nothing is stored. ${answer}`)
}

/** Opens a socket to the UDP door. The door does not answer; `refusal` is what the network says about it. */
export const openUdp = async (host: string, port: number) => {
  const { address, family } = await lookup(host).catch((error: unknown) => {
    throw new OperationFault(`The NB-IoT door ${host}:${port} has no address: ${causeOf(error)}.`)
  })
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  let refusal: string | null = null
  // connected, so that an ICMP answer for a closed port reaches us
  socket.on('error', (error: NodeJS.ErrnoException) => {
    refusal = error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message
  })
  socket.connect(port, address)
  await once(socket, 'connect')
  return {
    send: (datagram: Buffer) => socket.send(datagram, () => undefined),
    refusal: () => refusal,
    close: () => socket.close(),
  }
}
