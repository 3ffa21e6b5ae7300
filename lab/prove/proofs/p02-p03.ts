import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../../../test/support/random.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { scrape } from '../../ledger/scrape.ts'
import { batchLine, postCallback } from '../../ledger/sigfox-door.ts'
import { sendDatagrams } from '../../ledger/udp-door.ts'
import type { Context, Proof } from '../world/proof.ts'
import type { BusFault, SeenCall } from '../world/proxy/bus.ts'
import { figuresOf, messagesOf, openLedger, reckon } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

const toRawTopic = (call: SeenCall) => call.action === 'publish' && call.topic.includes('Raw')
const atRawTopic = (fault: () => BusFault | null) => (call: SeenCall) => (toRawTopic(call) ? fault() : null)

const allOf = (ledger: Ledger, door: 'sigfox' | 'nbiot') => {
  const [first, end] = ledger.fleet.range(door)
  return Array.from({ length: end - first }, (_, i) => first + i)
}

const accepted = async (world: World) => (await scrape(world.udp.statusUrl))?.accepted ?? -1

/** Callbacks of one message each. At most four at once, as many as the stage lets run. */
const callbacksOf = (world: World, ledger: Ledger, numbers: readonly number[]) =>
  numbers.map(async (number) => {
    ledger.answered(number, 'unknown')
    const line = batchLine(ledger.fleet.message(number))
    const answer = await postCallback(world.sigfox, '/sigfox/batch', 'text/plain', line)
    const atMs = Date.now()
    if (answer.status === 204) ledger.answered(number, 'ok')
    return { ...answer, atMs }
  })

/** Less than the two seconds after which the bus's client tries again. */
const holdMs = 1_200

/** Holds back the bus's answers, and counts the acknowledgements that leave before and after they are released. */
const heldBack = async (world: World, ledger: Ledger) => {
  const gate = Promise.withResolvers<void>()
  const before = await accepted(world)
  world.bus.inject(atRawTopic(() => ({ at: 'after', do: 'wait', until: gate.promise })))
  const callbacks = callbacksOf(world, ledger, [0, 1, 2, 3])
  const datagrams = sendDatagrams(world.udp, ledger, allOf(ledger, 'nbiot'))
  const early = await Promise.race([Promise.any(callbacks), pause(holdMs, null)])
  const acceptedEarly = (await accepted(world)) - before
  const releasedAtMs = Date.now()
  world.bus.inject(null)
  gate.resolve()
  const answers = await Promise.all(callbacks)
  await datagrams
  const afterRelease = answers.filter(({ status, atMs }) => status === 204 && atMs >= releasedAtMs).length
  return { acksEarly: Number(early !== null), acceptedEarly, afterRelease }
}

/** Cuts some of the bus's answers. Each 2xx must follow a confirmation in the trace. */
const inOrder = async (world: World, ledger: Ledger, numbers: readonly number[], seed: number) => {
  const random = seeded(seed)
  let confirmedAtMs = Number.POSITIVE_INFINITY
  world.bus.trace((call) => {
    if (call.topic.includes('Raw') && call.confirmed.every(Boolean)) confirmedAtMs = Math.min(confirmedAtMs, call.atMs)
  })
  world.bus.inject(
    atRawTopic(() => (random.next() < 0.5 ? { at: random.next() < 0.5 ? 'before' : 'after', do: 'cut' } : null)),
  )
  let outOfOrder = 0
  for (const number of numbers) {
    confirmedAtMs = Number.POSITIVE_INFINITY
    const [answer] = await Promise.all(callbacksOf(world, ledger, [number]))
    if (answer?.status === 204 && !(confirmedAtMs <= answer.atMs)) outOfOrder++
  }
  world.bus.inject(null)
  world.bus.trace(null)
  return outOfOrder
}

const p2: Proof = {
  id: 'P2',
  promise: 'The acknowledgement leaves only after the bus has confirmed',
  run: async (context: Context) => {
    const { world, seed } = context
    const ledger = openLedger(messagesOf(context, 24, 1_000))
    const { acksEarly, acceptedEarly, afterRelease } = await heldBack(world, ledger)
    const numbers = allOf(ledger, 'sigfox').slice(4)
    const outOfOrder = await inOrder(world, ledger, numbers, seed)
    const reckoning = await reckon(world, ledger, 20_000)
    const faults = [...reckoning.faults]
    if (acksEarly > 0) faults.push('a callback was answered while the bus had confirmed nothing')
    if (acceptedEarly !== 0)
      faults.push(`the gateway counted ${acceptedEarly} as accepted before the bus confirmed them`)
    if (afterRelease !== 4) faults.push(`${afterRelease} of 4 callbacks were acknowledged after the confirmation`)
    if (outOfOrder > 0) faults.push(`${outOfOrder} acknowledgements without a confirmation before them`)
    return {
      figures: { ...figuresOf(reckoning), 'acknowledged early': acksEarly + acceptedEarly + outOfOrder },
      faults,
    }
  },
}

const answerLimitMs = 8_000

/** Half of the callers lose their connection at once, the others get no answer. */
const refusingAndSilent = (silence: Promise<void>) => {
  const callers: (number | null)[] = []
  return (call: SeenCall): BusFault | null => {
    if (!toRawTopic(call)) return null
    const caller = call.caller()
    if (!callers.includes(caller)) callers.push(caller)
    if (callers.indexOf(caller) % 2 === 0) return { at: 'before', do: 'cut' }
    return { at: 'before', do: 'wait', until: silence }
  }
}

const p3: Proof = {
  id: 'P3',
  promise: 'Not stored means told so in time: 503 in under 8 s, and no datagram counted as accepted',
  run: async (context: Context) => {
    const { world, size } = context
    const rounds = size === 'ci' ? 1 : 5
    const ledger = openLedger(40)
    const faults: string[] = []
    let slowestMs = 0
    const before = await accepted(world)
    const silence = Promise.withResolvers<void>()
    world.bus.inject(refusingAndSilent(silence.promise))
    const datagrams = sendDatagrams(world.udp, ledger, allOf(ledger, 'nbiot'), 10)
    for (let round = 0; round < rounds; round++)
      for (const { status, tookMs } of await Promise.all(callbacksOf(world, ledger, [0, 1, 2, 3]))) {
        slowestMs = Math.max(slowestMs, tookMs)
        if (status !== 503) faults.push(`a callback was answered ${status} while the bus took nothing`)
        if (tookMs >= answerLimitMs) faults.push(`a callback waited ${tookMs} ms for its answer`)
      }
    const early = (await accepted(world)) - before
    if (early > 0) faults.push(`the gateway counted ${early} as accepted while the bus took nothing`)
    world.bus.inject(null)
    silence.resolve()
    await datagrams
    const reckoning = await reckon(world, ledger, 20_000)
    const figures = { 'callbacks answered': 4 * rounds, 'slowest answer, ms': slowestMs, ...figuresOf(reckoning) }
    return { figures, faults: [...faults, ...reckoning.faults] }
  },
}

export const answerProofs = [p2, p3]
