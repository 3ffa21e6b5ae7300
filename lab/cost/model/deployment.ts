/** How a queue or stream is read, and the size of the function that reads it. */
export interface WorkerSettings {
  readonly batchSize: number
  readonly windowSeconds: number
  readonly maxConcurrency: number
  readonly memoryMiB: number
}

/** What a bill needs to know about a deployment. It is read from a template, or varied from one that was. */
export interface Deployment {
  readonly name: string
  /** Why it cannot be deployed from this repository. Null if it can. */
  readonly notDeployable: string | null
  readonly bus: 'sqs' | 'kinesis'
  /** Shards of each stream, or as many as the traffic needs. Null on SQS. */
  readonly shards: number | 'on-demand' | 'as needed' | null
  /** Days that a stream keeps its records. The price of a shard includes the first. */
  readonly streamRetentionDays: number
  /** The most bytes of a bus record. 0: one message a record. */
  readonly packBytes: number
  /** What answers the Sigfox callback: a function behind API Gateway, or tasks behind the load balancer. */
  readonly sigfoxDoor: 'function' | 'container'
  readonly callbackMemoryMiB: number
  /** The limit of the HTTP door. Requests above it are answered 429. */
  readonly requestsPerSecond: number
  readonly gateway: {
    /** The minimum. Tasks that scaling adds in a busy hour are not billed. */
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
  /** Zones of the load balancer. Each has a public address. */
  readonly balancerZones: number
  /** Interfaces of interface endpoints: one for each endpoint and zone. */
  readonly endpointInterfaces: number
  readonly natGateways: number
  readonly secrets: number
  /** Metrics that alarms watch. Each is billed. */
  readonly alarms: number
  /** How many of them watch for silence, in stages that expect traffic. */
  readonly silenceAlarms: number
  /** How many of them the scaling of the tasks creates, in stages that may scale. */
  readonly scalingAlarms: number
  /** Workers and gateways that write metrics into their logs. */
  readonly measuringWorkers: number
  readonly measuringGateways: number
  /** Whether the HTTP door writes a line for every request. */
  readonly accessLog: boolean
  /** Metrics made from logs. */
  readonly logMetrics: number
  readonly dashboards: number
  /** Event source mappings that publish event counts. */
  readonly countingMappings: number
  readonly images: number
  /** Types of resources in the template without a price here. */
  readonly unpriced: readonly string[]
}

/** Bytes of a pack on either bus: what one billed unit holds, after base64 on SQS. */
export const packBytesOf = { sqs: 45_000, kinesis: 24_000 } as const
