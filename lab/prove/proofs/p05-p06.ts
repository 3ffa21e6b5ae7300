import { createSocket } from 'node:dgram'
import { type Random, seeded } from '../../../test/support/random.ts'
import { batchLine, postCallback } from '../../ledger/sigfox-door.ts'
import { checksums, differences } from '../world/checksums.ts'
import { type Expected, isPoisonous, poisonDatagrams, poisonLines, poisonPacks } from '../world/poison.ts'
import type { Context, Proof } from '../world/proof.ts'
import { figuresOf, messagesOf, openLedger, reckon, sendAll, sendNbiot, settle } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

const drainLimitMs = { ci: 20_000, full: 300_000 } as const

const p5: Proof = {
  id: 'P5',
  promise: 'Replaying everything changes nothing',
  run: async (context: Context) => {
    const { world, size, seed, say } = context
    const random = seeded(seed)
    const ledger = openLedger(messagesOf(context, 800, 20_000))
    const log: [topic: string, record: string][] = []
    world.bus.trace(({ topic, records }) => log.push(...records.map((record): [string, string] => [topic, record])))
    await sendAll(world, ledger, random, { perCallback: 10, windowSize: 60 })
    await sendPoisonLines(world, 20, random)
    const reckoning = await reckon(world, ledger, drainLimitMs[size], (id) => !isPoisonous(id))
    world.bus.trace(null)
    const before = await checksums(world)
    const faults = [...reckoning.faults]
    for (let round = 1; round <= 3; round++) {
      const shuffled = random.shuffled(log)
      for (const [topic, records] of Map.groupBy(shuffled, ([name]) => name))
        await world.publish(
          topic,
          records.map(([, record]) => record),
        )
      const { inTime } = await settle(world, drainLimitMs[size])
      if (!inTime) faults.push(`replay ${round} was not drained`)
      faults.push(...differences(before, await checksums(world), `after replay ${round}`))
      say(`P5: replay ${round} of 3, ${log.length} packs`)
    }
    return {
      figures: { ...figuresOf(reckoning), 'packs replayed': 3 * log.length, tables: Object.keys(before).length },
      faults,
    }
  },
}

const nowSeconds = () => Math.floor(Date.now() / 1000)

const sendPoisonLines = async (world: World, count: number, random: Random): Promise<Expected[]> => {
  const made = Array.from({ length: count }, (_, n) => poisonLines[n % poisonLines.length]?.(n, nowSeconds()))
  const body = random.shuffled(made.flatMap((poison) => (poison ? [poison[0]] : []))).join('\n')
  await postCallback(world.sigfox, '/sigfox/batch', 'text/plain', body)
  return made.flatMap((poison) => (poison ? [poison[1]] : []))
}

const linesPerCallback = 40

/** Sends good messages in batches with bad lines among them: in the first, the middle, the last or any place. */
const sendMixed = async (world: World, ledger: ReturnType<typeof openLedger>, random: Random, part: number) => {
  const expected: Expected[] = []
  const [first, end] = ledger.fleet.range('sigfox')
  let n = 0
  for (let at = first; at < end; at += linesPerCallback) {
    const numbers = Array.from({ length: Math.min(linesPerCallback, end - at) }, (_, i) => at + i)
    const lines = numbers.map((number) => batchLine(ledger.fleet.message(number)))
    const places = [0, Math.floor(lines.length / 2), lines.length].slice(
      0,
      Math.max(1, Math.round(part * lines.length)),
    )
    for (const place of places) {
      const poison = poisonLines[n++ % poisonLines.length]?.(n, nowSeconds())
      if (!poison) continue
      lines.splice(random.next() < 0.5 ? place : random.below(lines.length + 1), 0, poison[0])
      expected.push(poison[1])
    }
    for (const number of numbers) ledger.answered(number, 'unknown')
    const { status } = await postCallback(world.sigfox, '/sigfox/batch', 'text/plain', lines.join('\n'))
    if (status !== 200 && status !== 204) throw new Error(`a batch with bad lines was answered ${status}`)
    for (const number of numbers) ledger.answered(number, 'ok')
  }
  return expected
}

const sendBadDatagrams = async ({ udp }: World) => {
  const socket = createSocket('udp4')
  for (const [hex] of poisonDatagrams)
    await new Promise((sent) => socket.send(Buffer.from(hex, 'hex'), udp.port, udp.host, sent))
  socket.close()
  return poisonDatagrams.map(([, expected]) => expected)
}

const wordsOf = ({ lane, stage, reason }: Expected) => `${lane} ${stage} ${reason}`
const tally = (words: readonly string[]) =>
  new Map([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]))

type Reject = Expected & { readonly bytesHex: string }

const allRejects = async (apiUrl: string): Promise<Reject[]> => {
  const all: Reject[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = (await (await fetch(`${apiUrl}/v1/rejects?limit=10000${query}`)).json()) as {
      rejects: Reject[]
      next: string | null
    }
    all.push(...page.rejects)
    cursor = page.next
  }
  return all
}

const p6: Proof = {
  id: 'P6',
  promise: 'A poison message never blocks or drops its neighbours, and is kept with its bytes and the reason',
  run: async (context: Context) => {
    const { world, size, seed } = context
    const random = seeded(seed)
    const ledger = openLedger(messagesOf(context, 1_600, 20_000))
    const packs = poisonPacks(nowSeconds())
    for (const { step, records } of packs) await world.publish(world.topic('sigfox', step), records)
    const [lines, datagrams] = await Promise.all([
      sendMixed(world, ledger, random, size === 'ci' ? 0.05 : 0.03),
      sendBadDatagrams(world).then((expected) => sendNbiot(world, ledger, random).then(() => expected)),
    ])
    const expected = [...lines, ...datagrams, ...packs.flatMap((pack) => pack.expected)]
    const reckoning = await reckon(world, ledger, drainLimitMs[size], (id) => !isPoisonous(id))
    const found = await allRejects(world.local.httpUrl)
    const faults = [...reckoning.faults]
    const [want, have] = [tally(expected.map(wordsOf)), tally(found.map(wordsOf))]
    for (const word of new Set([...want.keys(), ...have.keys()]))
      if (want.get(word) !== have.get(word))
        faults.push(`${have.get(word) ?? 0} rejects "${word}", where ${want.get(word) ?? 0} were sent`)
    const withoutBytes = found.filter(({ bytesHex }) => bytesHex === '').length
    if (withoutBytes > 0) faults.push(`${withoutBytes} rejects have no bytes`)
    return {
      figures: { ...figuresOf(reckoning), poison: expected.length, classes: want.size, quarantined: found.length },
      faults,
    }
  },
}

export const replayProofs = [p5, p6]
