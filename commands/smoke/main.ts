import { setTimeout as pause } from 'node:timers/promises'
import { OperationFault } from '../../contract/operation-fault.ts'
import type { Operations } from '../../operations/index.ts'
import { runCommand } from '../command-line/command.ts'
import { withOperations } from '../command-line/target.ts'
import { type Asked, readArguments, usage } from './arguments.ts'
import { eraseDevices, registerDevices } from './devices.ts'
import { openUdp, sendCallback } from './doors.ts'
import { type Probe, probes } from './messages.ts'
import { type ReadingApi, readBack, requireApi } from './read-back.ts'
import { tokenOfSecret } from './token.ts'

/** A datagram can get lost, and copies count once: it is sent again at these times. */
const datagramsAtMs = [0, 15_000, 30_000]

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

const trySigfox = async ({ callback, token, withinMs }: Asked, api: ReadingApi, probe: Probe) => {
  const value = 'value' in token ? token.value : await tokenOfSecret(token.secretArn)
  const answered = await sendCallback(callback, value, probe.bytes)
  const readMs = await readBack(api, probe, withinMs, () => undefined)
  console.log(`sigfox: ${callback} ${answered}; read back ${seconds(readMs)} later`)
}

const tryNbiot = async ({ udp, withinMs }: Asked, api: ReadingApi, probe: Probe) => {
  const { host, port } = udp
  const door = await openUdp(host, port)
  let sent = 0
  try {
    const readMs = await readBack(api, probe, withinMs, (passedMs) => {
      const refusal = door.refusal()
      if (refusal !== null) throw new OperationFault(`The NB-IoT door ${host}:${port} takes no datagrams: ${refusal}.`)
      if (passedMs < (datagramsAtMs[sent] ?? Number.POSITIVE_INFINITY)) return
      door.send(probe.bytes)
      sent++
    })
    const datagrams = sent === 1 ? 'one datagram' : `${sent} datagrams`
    console.log(`nbiot: ${datagrams} to ${host}:${port}; read back after ${seconds(readMs)}`)
    // a copy that arrives after the erasure would bring the message back
    if (sent > 1) await pause(readMs)
  } finally {
    door.close()
  }
}

/** The sentences of the faults. Other errors are thrown. */
const sentencesOf = (results: readonly PromiseSettledResult<void>[]): string[] =>
  results.flatMap((result) => {
    if (result.status === 'fulfilled') return []
    if (result.reason instanceof OperationFault) return result.reason.sentences
    throw result.reason
  })

const smoke = async (operations: Operations, asked: Asked): Promise<void> => {
  const all = probes(Date.now())
  const api = { url: asked.api, signed: asked.target.stack !== undefined }
  await registerDevices(operations, all)
  const tries = { sigfox: trySigfox, nbiot: tryNbiot }
  // if nothing can be read back, nothing is sent: a message that is erased while in flight leaves a reject behind
  const [reachable] = await Promise.allSettled([requireApi(api, all)])
  const sent = reachable.status === 'fulfilled' ? all.map((probe) => tries[probe.lane](asked, api, probe)) : []
  const results = [reachable, ...(await Promise.allSettled(sent))]
  const erased = eraseDevices(operations, all).then(() => console.log('everything that was sent is erased'))
  const sentences = sentencesOf([...results, ...(await Promise.allSettled([erased]))])
  if (sentences.length > 0) throw new OperationFault(...sentences)
}

await runCommand(usage, async () => {
  const asked = readArguments(process.argv.slice(2), process.env)
  await withOperations(asked.target, process.env, (operations) => smoke(operations, asked))
})
