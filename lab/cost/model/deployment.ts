/** How a queue or stream is read, and how big the function is that reads it. */
export interface WorkerSettings {
  readonly batchSize: number
  readonly windowSeconds: number
  readonly maxConcurrency: number
  readonly memoryMiB: number
}

/** All that a bill needs to know of a deployment: read from a template, or varied from one that was. */
export interface Deployment {
  readonly name: string
  /** Null where a stage of this repository can be deployed like this, else why not. */
  readonly notDeployable: string | null
  readonly bus: 'sqs' | 'kinesis'
  /** Shards of each stream, or as many as the traffic needs; null where the bus is no stream. */
  readonly shards: number | 'on-demand' | 'as needed' | null
  /** Days that a stream keeps its records; the first is in the price of a shard. */
  readonly streamRetentionDays: number
  /** Most bytes of a bus record; 0 for one message a record. */
  readonly packBytes: number
  /** What answers the Sigfox callback: a function behind API Gateway, or tasks behind the load balancer. */
  readonly sigfoxDoor: 'function' | 'container'
  readonly callbackMemoryMiB: number
  /** What the HTTP door lets in; more is answered 429. */
  readonly requestsPerSecond: number
  readonly gateway: {
    /** As few as there may be. What scaling adds in a busy hour is not billed. */
    readonly tasks: number
    readonly cpuUnits: number
    readonly memoryMiB: number
    readonly lingerMilliseconds: number
    readonly publicAddresses: boolean
  }
  readonly raw: WorkerSettings
  readonly pulse: WorkerSettings
  readonly database: {
    readonly instanceClass: string
    readonly storageGiB: number
    readonly multiAz: boolean
  }
  readonly rawRetentionDays: number
  readonly logRetentionDays: number
  /** Zones the load balancer stands in: each has a public address. */
  readonly balancerZones: number
  /** Interfaces of interface endpoints: one each endpoint and zone. */
  readonly endpointInterfaces: number
  readonly natGateways: number
  readonly secrets: number
  /** Metrics that alarms watch: each is billed. */
  readonly alarms: number
  /** How many of them watch for silence: only where a stage expects traffic. */
  readonly silenceAlarms: number
  /** How many of them the scaling of the tasks makes by itself: only where it may. */
  readonly scalingAlarms: number
  /** Workers, and gateways, that write metrics of their own into their logs. */
  readonly measuringWorkers: number
  readonly measuringGateways: number
  /** True where the HTTP door writes a line for every request. */
  readonly accessLog: boolean
  /** Metrics made from logs. */
  readonly logMetrics: number
  readonly dashboards: number
  /** Event source mappings that publish event counts. */
  readonly countingMappings: number
  readonly images: number
  /** Types of resources in the template that this model has no price for. */
  readonly unpriced: readonly string[]
}

/** Bytes of a pack on either bus: what one billed unit holds after base64, or without it. */
export const packBytesOf = { sqs: 45_000, kinesis: 24_000 } as const
