import { adeunisDatagram } from '../../support/datagrams.ts'

const draginoDatagram = Buffer.from(
  'f86841105675413800640c781701000225010b6315537b010b0226631550fb010e022663154d77011102256315 49f1'.replaceAll(' ', ''),
  'hex',
)

/** Uniform numbers in [0, 1) that a seed repeats (mulberry32). */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Random bytes, and good datagrams with bits flipped, cut short or made longer; now and then a huge one. */
export function* hostileDatagrams(seed: number, total: number): Generator<Uint8Array> {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const noise = (length: number) => Uint8Array.from({ length }, () => below(256))
  for (let i = 0; i < total; i++) {
    const good = Buffer.from(random() < 0.5 ? adeunisDatagram(i) : draginoDatagram)
    const way = below(4)
    if (i % 5000 === 0) yield noise(below(60_000))
    else if (way === 0) yield noise(below(80))
    else if (way === 1) yield good.subarray(0, below(good.length))
    else if (way === 2) yield Buffer.concat([good, noise(below(40))])
    else {
      good[below(good.length)] = below(256)
      yield good
    }
  }
}
