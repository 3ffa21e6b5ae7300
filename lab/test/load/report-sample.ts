import type { FaultMark, LoadResult, Sample } from '../../load/result/result.ts'

const none = { p50: null, p99: null, max: null }

/** A run that sent nothing and measured nothing. */
export const empty: LoadResult = {
  plan: {
    devices: 0,
    minutes: 1,
    speed: 1,
    sigfoxShare: 50,
    sigfoxBatches: false,
    seed: 1,
    messagesPerSecond: 0,
    bus: 'sqs',
  },
  sent: 0,
  accepted: 0,
  refused: 0,
  unknown: 0,
  stored: 0,
  readings: 0,
  lost: 0,
  unexpected: 0,
  duplicated: 0,
  misread: 0,
  ackMs: none,
  confirmMs: none,
  endToEndMs: none,
  kernelDrops: 0,
  sendSeconds: 0,
  drainSeconds: 0,
  cpuSeconds: {},
  cpuMicrosPerMessage: {},
  peakRssMb: {},
  faults: [],
  timeline: [],
  sender: { lagMs: 0, ownCorePercent: null, machinePercent: null, cores: 2 },
  conservation: [],
}

export const storm: FaultMark[] = [
  { kind: 'kill', target: 'raw-worker', atSecond: 31, lastedSeconds: 0 },
  { kind: 'stop', target: 'db', atSecond: 96, lastedSeconds: 30 },
  { kind: 'kill', target: 'gateway', atSecond: 211, lastedSeconds: 0 },
  { kind: 'kill', target: 'pulse-worker', atSecond: 214, lastedSeconds: 0 },
  { kind: 'freeze', target: 'gateway', atSecond: 216, lastedSeconds: 2 },
  { kind: 'cut', target: 'bus', atSecond: 400, lastedSeconds: 45 },
]

/** 1,000 messages a second: nothing is stored while the database is stopped, then it catches up. */
const timelineOf = (seconds: number): Sample[] => {
  let [accepted, stored, readings] = [0, 0, 0]
  return Array.from({ length: seconds }, (_, i) => {
    const second = i + 1
    const isDown = second > 96 && second <= 126
    const isCut = second > 400 && second <= 445
    if (second <= 600) accepted += 990 + ((second * 37) % 17)
    const waiting = accepted - stored
    if (!isDown && !isCut) stored += Math.min(waiting, 2_400)
    readings += Math.max(0, Math.min(12 * stored - readings, 30_000))
    return {
      second,
      sent: Math.min(second, 600) * 1_000,
      accepted,
      stored,
      readings,
      waitingPacks: Math.ceil((accepted - stored) / 350),
      oldestPackMs: { raw: 400 + (accepted - stored), pulse: isDown ? 1_000 * (second - 96) : 900 },
    }
  })
}

/** Ten minutes of 3,600,000 devices under a storm that lost nothing. */
export const stormy: LoadResult = {
  ...empty,
  plan: { ...empty.plan, devices: 3_600_000, minutes: 10, sigfoxBatches: true, seed: 7, messagesPerSecond: 1_000 },
  sent: 600_000,
  accepted: 598_780,
  refused: 602,
  unknown: 618,
  stored: 599_102,
  readings: 7_189_224,
  ackMs: { p50: 11.42, p99: 23.8, max: 2_114 },
  confirmMs: { p50: 11.1, p99: 22.6, max: 431 },
  endToEndMs: { p50: 640, p99: 46_200, max: 48_913 },
  sendSeconds: 600,
  drainSeconds: 4.2,
  cpuSeconds: {
    gateway: 55.2,
    callback: 21.6,
    rawWorker: 9.1,
    pulseWorker: 24.7,
    database: 61.3,
    sender: 48.8,
    busEmulator: 19.4,
  },
  cpuMicrosPerMessage: {
    gateway: 92,
    callback: 36,
    rawWorker: 15.2,
    pulseWorker: 41.2,
    database: 102.2,
    sender: 81.3,
    busEmulator: 32.3,
  },
  peakRssMb: {
    gateway: 98.2,
    callback: 121,
    rawWorker: 133.7,
    pulseWorker: 140,
    database: 412,
    sender: 266,
    busEmulator: 180,
  },
  faults: storm,
  timeline: timelineOf(605),
  sender: { lagMs: 12.4, ownCorePercent: 8.1, machinePercent: 61, cores: 2 },
  conservation: [
    { lane: 'NB-IoT', check: 'received = accepted + refused', holds: true, says: '300,000 = 299,398 + 602' },
    { lane: 'Sigfox', check: 'confirmed = stored', holds: true, says: '299,704 = 299,704' },
    { lane: 'both', check: 'stored = read + rejected', holds: true, says: '599,102 = 599,102 + 0' },
  ],
}
