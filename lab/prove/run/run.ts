import type { Stage } from '../../../lib/stage/stage.ts'
import { proofs } from '../proofs/index.ts'
import type { Proof, Result } from '../world/proof.ts'
import { startWorld, type World } from '../world/world.ts'
import type { Options } from './options.ts'
import { runSuite, type Suite, suites } from './suites.ts'

/** A proof that has run, as the report shows it. */
export interface Entry extends Result {
  readonly id: string
  readonly promise: string
  /** Null where the proof needs no bus. */
  readonly bus: Stage['bus'] | null
  readonly seconds: number
}

type Say = (line: string) => void

export const knownIds = [...new Set([...proofs, ...suites].map(({ id }) => id))]

/** A proof that breaks down proves nothing, so that is a fault too. */
const orFault = (error: unknown): Result => ({
  figures: {},
  faults: [`broke down: ${(error as Error).stack ?? error}`],
})

const timed = async (
  what: { id: string; promise: string; bus: Stage['bus'] | null },
  run: () => Promise<Result>,
  say: Say,
): Promise<Entry> => {
  const begunAtMs = Date.now()
  const result = await run().catch(orFault)
  const seconds = (Date.now() - begunAtMs) / 1000
  const where = what.bus === null ? '' : ` on ${what.bus}`
  say(
    `${result.faults.length === 0 ? 'holds' : 'FAILS'}  ${what.id}${where}: ${what.promise} (${seconds.toFixed(1)} s)`,
  )
  for (const fault of result.faults) say(`       ${fault}`)
  return { ...what, ...result, seconds }
}

/** Runs one proof on a world that is cleaned first. */
export const runProof = (proof: Proof, world: World, { size, seed }: Pick<Options, 'size' | 'seed'>, say: Say) => {
  const { id, promise } = proof
  const run = async () => {
    await world.clean()
    return proof.run({ world, size, seed, say })
  }
  return timed({ id, promise, bus: world.kind }, run, say)
}

const runWorld = async (bus: Stage['bus'], chosen: readonly Proof[], options: Options, say: Say): Promise<Entry[]> => {
  const entries: Entry[] = []
  let world = await startWorld(bus)
  try {
    for (const proof of chosen) {
      const entry = await runProof(proof, world, options, say)
      entries.push(entry)
      if (entry.faults.length === 0) continue
      // a failed proof must not disturb the next one
      await world.stop()
      world = await startWorld(bus)
    }
  } finally {
    await world.stop()
  }
  return entries
}

const runSuites = async (chosen: readonly Suite[], { size }: Options, say: Say): Promise<Entry[]> => {
  const entries: Entry[] = []
  for (const suite of chosen) {
    const { id, promise } = suite
    entries.push(await timed({ id, promise, bus: null }, () => runSuite(suite, size), say))
  }
  return entries
}

/** Runs the chosen proofs, and reports progress. */
export const runAll = async (options: Options, say: Say): Promise<Entry[]> => {
  const isChosen = ({ id }: { readonly id: string }) => options.only === null || options.only.includes(id)
  const chosen = proofs.filter(isChosen)
  const entries: Entry[] = []
  if (chosen.length > 0) for (const bus of options.bus) entries.push(...(await runWorld(bus, chosen, options, say)))
  entries.push(...(await runSuites(suites.filter(isChosen), options, say)))
  return entries
}
