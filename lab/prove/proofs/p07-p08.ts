import { setTimeout as pause } from 'node:timers/promises'
import { readFlow } from '../../../test/support/flow.ts'
import { seeded } from '../../../test/support/random.ts'
import type { Context, Proof } from '../world/proof.ts'
import type { TracedCall } from '../world/proxy/bus.ts'
import { figuresOf, messagesOf, openLedger, reckon, sendAll } from '../world/traffic.ts'
import type { World } from '../world/world.ts'

/** How long the queues deliver a pack before they give it up, in hours of the template's time. */
const retryHours = ({ local, timeScale }: World): number => {
  const hours = local.plan.queues.flatMap(({ attributes }) => {
    const { maxReceiveCount } = JSON.parse(attributes.RedrivePolicy || '{}') as { maxReceiveCount?: number }
    return maxReceiveCount ? [(Number(attributes.VisibilityTimeout) * timeScale * maxReceiveCount) / 3_600] : []
  })
  return Math.min(...hours)
}

const decodedIn = async ({ local }: World) => {
  const { sigfox, nbiot } = await readFlow(local.httpUrl)
  return sigfox.pulse.decoded + nbiot.pulse.decoded
}

/** Waits until this many messages are decoded. */
const decoded = async (world: World, messages: number) => {
  const deadline = Date.now() + 60_000
  while ((await decodedIn(world)) < messages && Date.now() < deadline) await pause(50)
}

const p7: Proof = {
  id: 'P7',
  promise: 'An hour without the database discards nothing',
  run: async (context: Context) => {
    const { world, size, seed } = context
    const random = seeded(seed)
    const outageMinutes = size === 'ci' ? 18 : 60
    const outageMs = (outageMinutes * 60_000) / world.timeScale
    const ledger = openLedger(messagesOf(context, 800, 10_000))
    world.database.down(true)
    const begunAtMs = Date.now()
    await sendAll(world, ledger, random, { perCallback: 10 })
    const confirmed = ledger.confirmed()
    await pause(Math.max(0, begunAtMs + outageMs - Date.now()))
    const outageSeconds = (Date.now() - begunAtMs) / 1000
    world.database.down(false)
    const backAtMs = Date.now()
    await decoded(world, 1)
    const firstAtMs = Date.now()
    await decoded(world, ledger.fleet.count)
    const catchUpSeconds = (Date.now() - firstAtMs) / 1000
    const reckoning = await reckon(world, ledger, 60_000)
    const rejected = reckoning.flow.sigfox.raw.rejected + reckoning.flow.nbiot.raw.rejected
    const faults = [...reckoning.faults]
    if (confirmed < ledger.fleet.count)
      faults.push(`only ${confirmed} of ${ledger.fleet.count} were confirmed while the database was down`)
    if (rejected > 0) faults.push(`${rejected} messages were quarantined because the database was down`)
    const ratio = outageSeconds / catchUpSeconds
    if (ratio < 3) faults.push(`catching up ran at ${ratio.toFixed(1)} times the rate of arrival, not 3 times`)
    const figures = {
      ...figuresOf(reckoning),
      'minutes without the database': outageMinutes,
      'seconds here': outageSeconds.toFixed(1),
      // the platform decides how soon a mapping tries again, so the rate counts from the first message
      'first message after, s': ((firstAtMs - backAtMs) / 1000).toFixed(1),
      'catch-up, times the arrival': ratio.toFixed(1),
      'the same from the return of the database': (
        outageSeconds /
        (catchUpSeconds + (firstAtMs - backAtMs) / 1000)
      ).toFixed(1),
      ...(world.kind === 'sqs' ? { 'hours until a pack would be given up': retryHours(world).toFixed(1) } : {}),
    }
    return { figures, faults }
  },
}

/** The limits of one call, for each bus. */
const limits = { sqs: { records: 10, bytes: 1_048_576 }, kinesis: { records: 500, bytes: 5 * 1_048_576 } }

interface Trace {
  readonly calls: number
  readonly records: number
  readonly resent: number
  readonly resentConfirmed: number
  readonly mostTries: number
  readonly oversize: number
  readonly gapsMs: readonly number[]
}

const judge = (calls: readonly TracedCall[], bus: World['kind']): Trace => {
  const tries = new Map<string, { count: number; confirmed: boolean; lastMs: number }>()
  let [resent, resentConfirmed, oversize] = [0, 0, 0]
  const gapsMs: number[] = []
  for (const { records, confirmed, atMs } of calls) {
    const bytes = records.reduce((sum, record) => sum + record.length, 0)
    if (records.length > limits[bus].records || bytes > limits[bus].bytes * (bus === 'kinesis' ? 4 / 3 : 1)) oversize++
    for (const [place, record] of records.entries()) {
      const before = tries.get(record)
      if (before) {
        resent++
        gapsMs.push(atMs - before.lastMs)
        if (before.confirmed) resentConfirmed++
      }
      const isConfirmed = confirmed[place] === true || before?.confirmed === true
      tries.set(record, { count: (before?.count ?? 0) + 1, confirmed: isConfirmed, lastMs: atMs })
    }
  }
  const mostTries = Math.max(0, ...[...tries.values()].map(({ count }) => count))
  return { calls: calls.length, records: tries.size, resent, resentConfirmed, mostTries, oversize, gapsMs }
}

/** Tries of one publish of a callback. The gateway goes on for as long as it lives. */
const mostTriesAllowed = 24

const p8: Proof = {
  id: 'P8',
  promise: 'Partial bus failures: only the entries that failed are sent again, with jitter, a few times',
  run: async (context: Context) => {
    const { world, size, seed } = context
    const random = seeded(seed)
    // callbacks of some thousand lines make several packs, so one call carries several records
    const ledger = openLedger(messagesOf(context, 14_000, 120_000), { nbiotDevices: size === 'ci' ? 5 : 100 })
    const calls: TracedCall[] = []
    world.bus.trace((call) => void (call.topic.includes('Raw') && calls.push(call)))
    world.bus.inject(({ action, topic }) => {
      if (action !== 'publish' || !topic.includes('Raw')) return null
      const luck = random.next()
      if (luck < 0.1) return { at: 'before', do: 'error' }
      if (luck < 0.15) return { at: 'after', do: 'error' }
      return { do: 'partial', fails: () => random.next() < 0.3 }
    })
    await sendAll(world, ledger, random, { perCallback: 3_300, even: true, copies: 1, windowSize: 400 })
    world.bus.inject(null)
    world.bus.trace(null)
    const reckoning = await reckon(world, ledger, 60_000)
    const trace = judge(calls, world.kind)
    const faults = [...reckoning.faults]
    if (trace.resent === 0) faults.push('no call failed, so nothing was tested')
    if (trace.resentConfirmed > 0)
      faults.push(`${trace.resentConfirmed} records were sent again although the bus had confirmed them`)
    if (trace.oversize > 0) faults.push(`${trace.oversize} calls carried more than the bus takes`)
    if (trace.mostTries > mostTriesAllowed) faults.push(`a record was tried ${trace.mostTries} times`)
    if (new Set(trace.gapsMs).size < Math.min(3, trace.gapsMs.length))
      faults.push('all pauses before a retry were equal: there is no jitter')
    const { calls: traced, records, resent, mostTries } = trace
    return {
      figures: {
        ...figuresOf(reckoning),
        calls: traced,
        records,
        'sent again': resent,
        'callers that hung up': calls.filter(({ abandoned }) => abandoned).length,
        'most tries of one': mostTries,
      },
      faults,
    }
  },
}

export const outageProofs = [p7, p8]
