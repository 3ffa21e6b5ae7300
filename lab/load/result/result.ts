/** Milliseconds. Null where nothing was measured. */
export interface Percentiles {
  p50: number | null
  p99: number | null
  max: number | null
}

/** The greatest age in milliseconds of a pack in a worker's hands within a second, since the bus took it. 0 without a pack. */
export interface PackAges {
  raw: number
  pulse: number
}

/** The system at one second of the run. Totals count from the start of the run, and null is unknown. */
export interface Sample {
  second: number
  sent: number
  accepted: number
  stored: number
  readings: number
  waitingPacks: number | null
  oldestPackMs: PackAges | null
}

/** A fault as it happened. `kill:raw-worker@10s` is a `kill` of `raw-worker` at second 10 that lasted 0 s. */
export interface FaultMark {
  kind: string
  target: string
  atSecond: number
  lastedSeconds: number
}

/** Times before something began, and while it lasted. */
export interface Contrast {
  before: Percentiles
  during: Percentiles
}

/** The second in which the sender was furthest behind its plan, with its own CPU and that of the machine. */
export interface Strain {
  lagMs: number
  /** In percent of one core. Null where it was never behind. */
  ownCorePercent: number | null
  /** In percent of all cores, by all processes. Null where the kernel does not say. */
  machinePercent: number | null
  cores: number
}

/** What a run found, as `--json` writes it. Rates are messages a second. CPU is that of all processes of a part. */
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
  /** Sent without an answer while the system could give none: neither confirmed nor lost. */
  unknown: number
  stored: number
  readings: number
  lost: number
  unexpected: number
  duplicated: number
  misread: number
  /** From when a request was due to its answer. A late sender makes it longer, not shorter. */
  ackMs: Percentiles
  /** From the datagram in the gateway's socket to the bus's confirmation, measured by the gateway. */
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
  /** With `--loud-device`: what a device at a thousand times the rate sent, and whether it slowed the others. */
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
  /** More than 100 ms behind its plan, something held the sender up. The CPU of that second shows what. */
  sender: Strain
  conservation: { lane: string; check: string; holds: boolean; says: string }[]
}
