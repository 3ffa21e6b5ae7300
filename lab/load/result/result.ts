/** Milliseconds that half of all, 99 of 100 and all stayed below. Null where nothing was measured. */
export interface Percentiles {
  p50: number | null
  p99: number | null
  max: number | null
}

/** The greatest age that a pack with a worker had within a second, from when the bus took it; 0 where it had none. */
export interface PackAges {
  raw: number
  pulse: number
}

/** The system at one second of the run, counted from its start. Totals grow; what is unknown is null. */
export interface Sample {
  second: number
  sent: number
  accepted: number
  stored: number
  readings: number
  waitingPacks: number | null
  oldestPackMs: PackAges | null
}

/** A fault as it happened: `kill:raw-worker@10s` is a kill of `raw-worker` at second 10 that lasted 0 s. */
export interface FaultMark {
  kind: string
  target: string
  atSecond: number
  lastedSeconds: number
}

/** The same before something began and while it lasted. */
export interface Contrast {
  before: Percentiles
  during: Percentiles
}

/** The second in which the sender was furthest behind its plan: how far, its own CPU and that of the machine. */
export interface Strain {
  lagMs: number
  /** Of one core. Null where it was never behind. */
  ownCorePercent: number | null
  /** Of all cores, by all processes; null where the kernel does not say. */
  machinePercent: number | null
  cores: number
}

/** What a run found; written as it is by `--json`. Rates are messages a second, CPU is of all processes of a name. */
export interface LoadResult {
  plan: {
    devices: number
    minutes: number
    speed: number
    sigfoxShare: number
    sigfoxBatches: boolean
    seed: number
    messagesPerSecond: number
    bus: string
  }
  sent: number
  accepted: number
  refused: number
  /** Sent without an answer while the system could not give one: neither promised nor lost. */
  unknown: number
  stored: number
  readings: number
  lost: number
  unexpected: number
  duplicated: number
  misread: number
  /** From when a request was due (not when it left: a late sender does not flatter the system) to its answer. */
  ackMs: Percentiles
  /** From the datagram in the gateway's socket to the bus's confirmation, as the gateway measures it. */
  confirmMs: Percentiles
  /** From when a message was due to when it was read back as a reading. */
  endToEndMs: Percentiles
  kernelDrops: number
  sendSeconds: number
  /** From the last message sent until everything was stored and counted. */
  drainSeconds: number
  cpuSeconds: Record<string, number>
  cpuMicrosPerMessage: Record<string, number>
  peakRssMb: Record<string, number>
  faults: FaultMark[]
  timeline: Sample[]
  /** With `--loud-device`: what one device at a thousand times the rate sent, and whether it slowed the others. */
  loudDevice?: {
    messages: number
    stored: number
    ackMs: Contrast
    confirmMs: Contrast
    endToEndMs: Contrast
    /** Null where nothing was measured. */
    slows: boolean | null
    says: string
  }
  /** Above 100 ms behind its plan something held the sender up: what, the CPU of that second says. */
  sender: Strain
  conservation: { lane: string; check: string; holds: boolean; says: string }[]
}
