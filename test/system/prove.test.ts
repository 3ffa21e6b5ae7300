import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bus, buses, type Proof } from '../../tools/prove/proof.ts'
import { proofs } from '../../tools/prove/proofs/index.ts'
import { runProof } from '../../tools/prove/run.ts'
import { startWorld, type World } from '../../tools/prove/world.ts'

const seed = Number(process.env.SEED ?? 20_261_123)

/** On the second bus those that depend on how a bus fails; `npm run prove` runs all on both. */
const chosen: Record<Bus, readonly Proof[]> = {
  sqs: proofs,
  kinesis: proofs.filter(({ id }) => ['P4', 'P8'].includes(id)),
}

for (const bus of buses)
  describe(bus, () => {
    let world: World
    beforeAll(async () => {
      console.log(`seed ${seed}`)
      world = await startWorld(bus)
    })
    afterAll(() => world?.stop())

    for (const proof of chosen[bus])
      test(`${proof.id}, ${bus}: ${proof.promise}`, async () => {
        const { faults } = await runProof(proof, world, { size: 'ci', seed }, () => undefined)
        expect(faults).toEqual([])
      })
  })
