import { createSocket } from 'node:dgram'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ledger } from '../../ledger/ledger.ts'
import { scrape, settledIn } from '../../ledger/scrape.ts'
import type { UdpDoor } from '../../ledger/udp-door.ts'
import type { Context, Proof } from '../world/proof.ts'
import type { BusFault } from '../world/proxy/bus.ts'
import { figuresOf, messagesOf, openLedger, reckon } from '../world/traffic.ts'
import { type OwnGateway, startOwnGateway } from '../world/udp-gateway.ts'

/** Sends datagrams evenly, each to the door that `target` names at that moment. */
const sendEvenly = async (ledger: Ledger, perSecond: number, target: () => UdpDoor) => {
  const socket = createSocket('udp4')
  const begunAtMs = Date.now()
  for (let number = 0; number < ledger.fleet.count; ) {
    const due = Math.min(ledger.fleet.count, Math.floor(((Date.now() - begunAtMs) * perSecond) / 1000))
    for (; number < due; number++) {
      ledger.answered(number, 'unknown')
      const { port, host } = target()
      socket.send(ledger.fleet.message(number).payload, port, host)
    }
    await pause(4)
  }
  await pause(50)
  socket.close()
}

/** How long a load balancer still sends to an unhealthy task. On AWS it is two minutes, and so is the drain. */
const balancerLagMs = 400

/** A bus so slow that a gateway still holds datagrams when its drain ends. */
const slowly = (): BusFault => ({ at: 'before', do: 'wait', until: pause(900) })

const p14: Proof = {
  id: 'P14',
  promise: 'A rolling stop of the gateway loses no datagram, a second instance taking over',
  run: async (context: Context) => {
    const { world, size } = context
    const stops = size === 'ci' ? 1 : 5
    const messages = messagesOf(context, 2_000, 14_000)
    const perSecond = messages / (size === 'ci' ? 2 : 14)
    const ledger = openLedger(2 * messages, { sigfoxDevices: 0 })
    let current: OwnGateway = await startOwnGateway(world)
    world.bus.inject(({ action }) => (action === 'publish' ? slowly() : null))
    const sending = sendEvenly(ledger, perSecond, () => current)
    const faults: string[] = []
    let slowestRedMs = 0
    for (let stop = 0; stop < stops; stop++) {
      const next = await startOwnGateway(world)
      await pause(size === 'ci' ? 300 : 1_000)
      const leaving = current
      const askedAtMs = Date.now()
      leaving.signal('SIGTERM')
      while (await leaving.isHealthy()) await pause(5)
      slowestRedMs = Math.max(slowestRedMs, Date.now() - askedAtMs)
      await pause(balancerLagMs)
      current = next
      const code = await leaving.ended
      if (code !== 0) faults.push(`a gateway that was stopped exited with ${code}`)
    }
    if (slowestRedMs >= 100) faults.push(`health turned red only after ${slowestRedMs} ms`)
    await sending
    current.signal('SIGTERM')
    await current.ended
    world.bus.inject(null)
    const reckoning = await reckon(world, ledger, 60_000)
    const missing = reckoning.verdict.sent - reckoning.verdict.stored
    if (missing > 0) faults.push(`${missing} datagrams of ${reckoning.verdict.sent} are missing`)
    const figures = {
      'rolling stops': stops,
      'datagrams a second': perSecond,
      missing,
      'health red after, ms': slowestRedMs,
    }
    return { figures: { ...figures, ...figuresOf(reckoning) }, faults: [...faults, ...reckoning.faults] }
  },
}

const queueBytes = 2 ** 20
/** How many datagrams of this fleet fit into the gateway's queue. */
const roomFor = 750
const mostGrowthMegabytes = 100

const overload = async ({ world, say }: Context, times: number) => {
  await world.clean()
  const ledger = openLedger(2 * roomFor * times, { sigfoxDevices: 0 })
  const gateway = await startOwnGateway(world, { QUEUE_BYTES: String(queueBytes) })
  const stall = Promise.withResolvers<void>()
  world.bus.inject(({ action }) => (action === 'publish' ? { at: 'before', do: 'wait', until: stall.promise } : null))
  const before = gateway.residentMegabytes()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, gateway.residentMegabytes())
  }, 50)
  await sendEvenly(ledger, 6_000, () => gateway)
  clearInterval(watch)
  world.bus.inject(null)
  stall.resolve()
  const backAtMs = Date.now()
  let counts = await scrape(gateway.statusUrl)
  while (counts && counts.received !== settledIn(counts) && Date.now() - backAtMs < 30_000) {
    await pause(20)
    counts = await scrape(gateway.statusUrl)
  }
  const recoveryMs = Date.now() - backAtMs
  gateway.signal('SIGTERM')
  const code = await gateway.ended
  const reckoning = await reckon(world, ledger, 60_000)
  const { received = 0, accepted = 0, shed = 0 } = counts ?? {}
  const { stored, sent } = reckoning.verdict
  const faults = reckoning.faults.map((fault) => `x${times}: ${fault}`)
  if (shed === 0) faults.push(`x${times}: nothing was shed: it was no overload`)
  if (stored !== accepted) faults.push(`x${times}: ${accepted} were accepted, and ${stored} are stored`)
  if (most - before > mostGrowthMegabytes) faults.push(`x${times}: the gateway grew from ${before} to ${most} MiB`)
  if (recoveryMs > 5_000) faults.push(`x${times}: recovery took ${recoveryMs} ms`)
  if (code !== 0) faults.push(`x${times}: the gateway exited with ${code}`)
  say(
    `P15: x${times}: ${sent} sent, ${received} received, ${accepted} accepted, ${shed} shed, ${before} to ${most} MiB`,
  )
  const figures = {
    [`x${times}: sent`]: sent,
    [`x${times}: received`]: received,
    [`x${times}: accepted and stored`]: accepted,
    [`x${times}: shed and counted`]: shed,
    [`x${times}: memory, MiB`]: `${before} to ${most}`,
    [`x${times}: recovery, ms`]: recoveryMs,
  }
  return { figures, faults }
}

const p15: Proof = {
  id: 'P15',
  promise: 'Overload is bounded in memory, counted, and recovers',
  run: async (context: Context) => {
    const three = await overload(context, 3)
    if (context.size === 'ci') return three
    const ten = await overload(context, 10)
    return { figures: { ...three.figures, ...ten.figures }, faults: [...three.faults, ...ten.faults] }
  },
}

export const gatewayProofs = [p14, p15]
