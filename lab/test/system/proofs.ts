import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../../lib/stage/stage.ts'
import { assemblyOf } from '../../../test/support/assembly.ts'
import { proofs } from '../../prove/proofs/index.ts'
import { runProof } from '../../prove/run/run.ts'
import { startWorld, type World } from '../../prove/world/world.ts'

const seed = Number(process.env.SEED ?? 20_261_123)

/** The proofs that `isChosen` by their number, at CI size, each as a test on a world of their own. */
export const prove = (bus: Stage['bus'], isChosen: (number: number) => boolean) =>
  describe(bus, () => {
    let world: World
    beforeAll(async () => {
      console.log(`seed ${seed}`)
      world = await startWorld(bus, { assemblyFolder: await assemblyOf(bus) })
    })
    afterAll(() => world?.stop())

    for (const proof of proofs.filter(({ id }) => isChosen(Number(id.slice(1)))))
      test(`${proof.id}, ${bus}: ${proof.promise}`, async () => {
        const { faults } = await runProof(proof, world, { size: 'ci', seed }, () => undefined)
        expect(faults).toEqual([])
      })
  })
