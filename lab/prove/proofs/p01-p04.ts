import { setTimeout as pause } from 'node:timers/promises'
import { type Random, seeded } from '../../../test/support/random.ts'
import {
  catalogue,
  commit,
  type Due,
  nameOf,
  type PlannedFault,
  type Point,
  points,
  timesEach,
} from '../world/faults.ts'
import type { Context, Proof, Result } from '../world/proof.ts'
import { figuresOf, messagesOf, openLedger, reckon, sendAll } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

const drainLimitMs = { ci: 20_000, full: 120_000 } as const

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const sum = (done: ReadonlyMap<string, number>) => [...done.values()].reduce((total, count) => total + count, 0)

/** Kills of each process while messages are sent. Killing an idle process would test nothing. */
const killsEach = { ci: 2, full: 20 } as const
const workers = ['SigfoxRawWorker', 'SigfoxPulseWorker', 'NBIoTRawWorker', 'NBIoTPulseWorker', 'gateway']

/**
 * Kills every worker and the gateway in turn, at whatever point they are, until each has been killed `times` times or
 * `over` returns true.
 * @returns how often each was killed
 */
const killInTurn = async (world: World, times: number, everyMs: number, over: () => boolean) => {
  const killed = new Map(workers.map((name) => [name, 0]))
  while (!over() && [...killed.values()].some((count) => count < times))
    for (const name of workers) {
      await pause(everyMs)
      const pid = (world.local.processes()[name] ?? []).find(isAlive)
      if (pid === undefined) continue
      process.kill(pid, 'SIGKILL')
      killed.set(name, (killed.get(name) ?? 0) + 1)
    }
  return killed
}

/** The share of calls at a point that a fault hits. Shards are read hundreds of times a second, so few of these. */
const hitOf = ({ kind }: World, { action }: Point) => (kind === 'kinesis' && action === 'receive' ? 0.0001 : 0.005)

const manyFaults = async (context: Context): Promise<Result> => {
  const { world, size, seed, say } = context
  const random = seeded(seed)
  const messages = messagesOf(context, 1_600, 100_000)
  const ledger = openLedger(messages)
  const due: Due = ({ point }) => random.next() < hitOf(world, point)
  const end = commit(world, catalogue, due, random)
  let isSent = false
  const kills = killInTurn(world, killsEach[size], size === 'ci' ? 50 : 300, () => isSent)
  await sendAll(world, ledger, random, {
    windowSize: size === 'ci' ? 60 : messages / 250,
    perCallback: size === 'ci' ? 8 : 25,
  })
  isSent = true
  say(`P1: ${ledger.confirmed()} of ${ledger.fleet.count} confirmed`)
  const killed = await kills
  const done = end()
  const reckoning = await reckon(world, ledger, drainLimitMs[size])
  const { ok, unknown } = reckoning.verdict
  const faults = [...reckoning.faults]
  if (ok < messages / 3) faults.push(`only ${ok} messages were confirmed, too few for a test`)
  if (sum(done) + sum(killed) < 5) faults.push('hardly any fault was injected')
  const fewest = Math.min(...killed.values())
  if (size === 'full' && fewest < killsEach.full)
    faults.push(`a process was killed only ${fewest} times while messages were sent`)
  return {
    figures: {
      ...figuresOf(reckoning),
      'faults at named points': sum(done),
      'processes killed': sum(killed),
      'kills of each, at least': fewest,
      'unknown and not there': unknown - reckoning.verdict.recovered,
    },
    faults,
  }
}

/** Sends a few hundred messages while the given faults happen, each a few times. */
const under = async ({ world, size }: Context, faults: readonly PlannedFault[], random: Random, messages: number) => {
  await world.clean()
  const ledger = openLedger(messages)
  const isSingle = faults.length === 1
  const end = commit(world, faults, isSingle ? timesEach(2, 3, random) : timesEach(1, 1, random), random)
  await sendAll(world, ledger, random, { perCallback: 3, windowSize: 20, copies: 0 })
  const done = end()
  const reckoning = await reckon(world, ledger, drainLimitMs[size])
  return { reckoning, done }
}

const singlesAndPairs = async (context: Context): Promise<Result> => {
  const random = seeded(context.seed + 1)
  const isOfBus = ({ point }: PlannedFault) => context.world.kind === 'sqs' || point.action !== 'delete'
  const singles = catalogue.filter(isOfBus)
  const pairs = random.shuffled(singles.flatMap((a, i) => singles.slice(i + 1).map((b) => [a, b])))
  const runs = context.size === 'ci' ? [] : [...singles.map((fault) => [fault]), ...pairs.slice(0, 20)]
  const faults: string[] = []
  let committed = 0
  for (const [i, planned] of runs.entries()) {
    const { reckoning, done } = await under(context, planned, random, 240)
    committed += sum(done)
    faults.push(...reckoning.faults.map((fault) => `${planned.map(nameOf).join(' and ')}: ${fault}`))
    context.say(`P1: faults alone and in pairs, ${i + 1} of ${runs.length}: ${planned.map(nameOf).join(' and ')}`)
  }
  return { figures: { 'runs of one fault or a pair': runs.length, 'faults in them': committed }, faults }
}

const p1: Proof = {
  id: 'P1',
  promise: 'An acknowledged message is never lost, and is stored and counted once',
  run: async (context) => {
    const many = await manyFaults(context)
    const few = await singlesAndPairs(context)
    return {
      figures: { ...many.figures, ...(context.size === 'full' ? few.figures : {}) },
      faults: [...many.faults, ...few.faults],
    }
  },
}

const killsAt = (where: readonly Point[]): PlannedFault[] => where.map((point) => ({ point, deed: 'kill' }))

const p4: Proof = {
  id: 'P4',
  promise: 'A crash between the commit and the next publish loses nothing',
  run: async (context) => {
    const runs =
      context.size === 'ci'
        ? [killsAt(points)]
        : Array.from({ length: 10 }, () => points.map((point) => killsAt([point]))).flat()
    const faults: string[] = []
    let kills = 0
    let messages = 0
    for (const [i, planned] of runs.entries()) {
      const what = planned.length > 1 ? 'all points' : planned.map(nameOf).join()
      let left = planned
      // a worker that gets everything in few batches may miss a point: the points that are left get more messages
      for (let tries = 0; left.length > 0 && tries < 3; tries++) {
        const random = seeded(context.seed + i + 1_000 * tries)
        const { reckoning, done } = await under(context, left, random, context.size === 'ci' ? 400 : 200)
        kills += sum(done)
        messages += reckoning.verdict.sent
        faults.push(...reckoning.faults.map((fault) => `seed ${context.seed + i}, ${what}: ${fault}`))
        left = left.filter((fault) => !done.has(nameOf(fault)))
      }
      faults.push(...left.map((fault) => `seed ${context.seed + i}: this point was never passed: ${nameOf(fault)}`))
      if (runs.length > 1) context.say(`P4: ${i + 1} of ${runs.length}`)
    }
    return { figures: { points: points.length, 'processes killed': kills, sent: messages }, faults }
  },
}

export const crashProofs = [p1, p4]
