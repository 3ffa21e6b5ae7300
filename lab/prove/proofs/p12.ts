import { messageIdCodec, rawItemCodec } from '../../../adapters/pack/items.ts'
import { type ItemCodec, packItems } from '../../../adapters/pack/pack.ts'
import type { RawItem } from '../../../core/message/uplink.ts'
import { startFunctionProcess } from '../../../local/functions/function-process.ts'
import { seeded } from '../../../test/support/random.ts'
import { busEvent } from '../../bus/events.ts'
import type { Fleet } from '../../ledger/fleet.ts'
import { memoryMegabytesOf } from '../../processes/proc.ts'
import { checksums, differences } from '../world/checksums.ts'
import type { Context, Proof } from '../world/proof.ts'
import { openLedger, settle } from '../world/traffic.ts'
import { madeByPulse, type World } from '../world/world.ts'

const memoryMegabytes = 512

const logOf = (fleet: Fleet): RawItem[] => {
  const [first, end] = fleet.range('sigfox')
  return Array.from({ length: end - first }, (_, i): RawItem => {
    const { deviceId, timeSeconds, seqNumber, payload } = fleet.message(first + i)
    return { kind: 'sigfox-data', deviceId, seqNumber, timeSeconds, receivedAtMs: timeSeconds * 1000 + 2_000, payload }
  })
}

const packsOf = <T>(codec: ItemCodec<T>, items: readonly T[], perPack: number): string[] => {
  const packs: string[] = []
  for (let at = 0; at < items.length; at += perPack)
    packs.push(...packItems(codec, items.slice(at, at + perPack), 45_000).map(({ bytes }) => bytes.toString('base64')))
  return packs
}

/** Starts a worker, passes it packs, `perEvent` in each invocation, and returns its peak memory. */
const work = async (world: World, name: string, packs: readonly string[], perEvent: number) => {
  const fn = world.local.plan.functions.find((candidate) => candidate.name === name)
  if (!fn) throw new Error(`the template has no function ${name}`)
  const environment = world.environmentOf(fn.environment)
  const worker = startFunctionProcess({ ...fn, environment, memoryMegabytes, timeoutSeconds: 120 }, world.dataDir)
  try {
    for (let at = 0; at < packs.length; at += perEvent) {
      const result = await worker.invoke(busEvent(world.kind, packs.slice(at, at + perEvent)))
      if (!result.ok) throw new Error(`${name}: ${result.error.message}`)
      const { batchItemFailures } = result.payload as { batchItemFailures: unknown[] }
      if (batchItemFailures.length > 0) throw new Error(`${name} wants ${batchItemFailures.length} records again`)
    }
    return Math.round(memoryMegabytesOf(worker.pid).peak)
  } finally {
    worker.kill()
    await worker.exited
  }
}

interface Cut {
  readonly perPack: number
  readonly perEvent: number
}

const p12: Proof = {
  id: 'P12',
  promise: 'Batch size is only a knob: equal rows for any cut, in less than 512 MB',
  run: async ({ world, size, seed, say }: Context) => {
    const random = seeded(seed)
    const messages = size === 'ci' ? 2_000 : 10_000
    const { fleet } = openLedger(2 * messages, { nbiotDevices: 0 })
    const log = logOf(fleet)
    const cuts: Cut[] = [
      { perPack: 20, perEvent: 100 },
      ...(size === 'ci' ? [] : [{ perPack: 20, perEvent: 1 }]),
      { perPack: 20, perEvent: 10 },
      { perPack: 1, perEvent: 10_000 },
    ]
    const faults: string[] = []
    let expected: Record<string, string> | null = null
    let peak = 0
    for (const { perPack, perEvent } of cuts) {
      const name = perPack === 1 ? `${log.length} single messages` : `${perEvent} packs`
      await world.clean()
      peak = Math.max(
        peak,
        await work(world, 'SigfoxRawWorker', packsOf(rawItemCodec, random.shuffled(log), perPack), perEvent),
      )
      await settle(world, 60_000)
      expected ??= await checksums(world)
      faults.push(...differences(expected, await checksums(world), `raw worker, batches of ${name}`))
      // the mapping's batches have decoded the messages; now they are decoded again by batches of ours
      await world.pool.query(`TRUNCATE ${madeByPulse}`)
      const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM message')
      const ids = random.shuffled(rows.map(({ id }) => id))
      peak = Math.max(peak, await work(world, 'SigfoxPulseWorker', packsOf(messageIdCodec, ids, perPack), perEvent))
      faults.push(...differences(expected, await checksums(world), `pulse worker, batches of ${name}`))
      say(`P12: batches of ${name}: workers' peak so far ${peak} MiB`)
    }
    if (expected?.message?.startsWith(`${log.length} rows`) !== true)
      faults.push(`not ${log.length} messages: ${expected?.message}`)
    if (peak >= memoryMegabytes) faults.push(`a worker took ${peak} MiB`)
    return { figures: { messages: log.length, cuts: cuts.length, 'peak of a worker, MiB': peak }, faults }
  },
}

export const batchProofs = [p12]
