import { type Lane, lanes } from '../../../core/message/lane.ts'
import { conservation, countedReadings } from '../../../test/support/pipeline.ts'
import { seeded } from '../../../test/support/random.ts'
import { scrape, settledIn } from '../../ledger/scrape.ts'
import { postCallback } from '../../ledger/sigfox-door.ts'
import { isPoisonous, poisonLines } from '../world/poison.ts'
import type { Context, Proof } from '../world/proof.ts'
import { figuresOf, messagesOf, openLedger, reckon, sendAll } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

/** What the tables themselves hold, counted row by row. */
const countTables = async ({ pool }: World, lane: Lane) => {
  const { tables } = await conservation(pool, lane)
  const { rows } = await pool.query<{ refused: number }>(
    `SELECT count(*)::int AS refused FROM reject WHERE lane = $1::lane AND stage IN ('door', 'raw')`,
    [lane],
  )
  return { ...tables, refused: rows[0]?.refused }
}

const poisonCount = 40

const p37: Proof = {
  id: 'P37',
  promise: 'Conservation: every message is in exactly one state at every stage, and the counts show it',
  run: async (context: Context) => {
    const { world, seed } = context
    const random = seeded(seed)
    const ledger = openLedger(messagesOf(context, 600, 20_000))
    const now = Math.floor(Date.now() / 1000)
    const lines = Array.from({ length: poisonCount }, (_, n) => poisonLines[n % poisonLines.length]?.(n, now)[0])
    await Promise.all([
      sendAll(world, ledger, random, { copies: 0.4, perCallback: 5 }),
      postCallback(world.sigfox, '/sigfox/batch', 'text/plain', lines.join('\n')),
    ])
    const reckoning = await reckon(world, ledger, 60_000, (id) => !isPoisonous(id))
    const faults = [...reckoning.faults]
    for (const lane of lanes) {
      const { raw, pulse } = reckoning.flow[lane]
      const counted = { stored: raw.stored, decoded: pulse.decoded, undecoded: pulse.rejected, refused: raw.rejected }
      const there: Readonly<Record<string, number | undefined>> = await countTables(world, lane)
      for (const [name, count] of Object.entries(counted))
        if (there[name] !== count)
          faults.push(`${lane}: the flow counts ${count} ${name}, the tables hold ${there[name]}`)
    }
    const readings = lanes.reduce((sum, lane) => sum + reckoning.flow[lane].readings, 0)
    const told = await countedReadings(world.pool)
    if (readings !== told) faults.push(`the flow counts ${readings} readings, the tables hold ${told}`)
    const door = await scrape(world.udp.statusUrl)
    if (!door || door.received !== settledIn(door))
      faults.push(`the gateway's counts do not add up: ${JSON.stringify(door)}`)
    const { received } = reckoning.flow.sigfox.raw
    if (received < ledger.fleet.count / 2 + poisonCount) faults.push(`only ${received} Sigfox items were received`)
    return { figures: { ...figuresOf(reckoning), poison: poisonCount, difference: faults.length }, faults }
  },
}

export const countProofs = [p37]
