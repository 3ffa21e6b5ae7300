import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Bus } from '../../tools/prove/proof.ts'
import { proofs } from '../../tools/prove/proofs/index.ts'
import { runProof } from '../../tools/prove/run.ts'
import { startWorld, type World } from '../../tools/prove/world.ts'

const seed = Number(process.env.SEED ?? 20_261_123)
const bus: Bus = 'sqs'
let world: World

beforeAll(async () => {
  console.log(`seed ${seed}`)
  world = await startWorld(bus)
})
afterAll(() => world?.stop())

for (const proof of proofs)
  test(`${proof.id}, ${bus}: ${proof.promise}`, async () => {
    const { faults } = await runProof(proof, world, { size: 'ci', seed }, () => undefined)
    expect(faults).toEqual([])
  })
