import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { InstanceClass } from './sizes.ts'

/** One stage of a lane: how its topic is read and how big each of its processes is. */
export interface Worker {
  /**
   * Bus records (packs, not messages) in one invocation. 1 to 6,000; above 10 a window is needed on SQS. Lambda invokes
   * sooner where 6 MB are reached, which some hundred full packs are.
   */
  batchSize: number
  /** Longest wait for a batch to fill, in seconds. 0 to 300. It is latency, and it saves invocations. */
  windowSeconds: number
  /**
   * Most invocations at once, for each lane. Each holds one database connection. 2 to 1,000 on SQS; on Kinesis each
   * shard has its equal part of them, 1 to 10.
   */
  maxConcurrency: number
  /** Memory, and with it CPU: 1,769 MiB is one whole vCPU. */
  memoryMiB: number
  /** A batch that takes longer is retried. A queue's visibility follows: six times this, plus the window. */
  timeoutSeconds: number
}

/** A name of yours and its certificate in ACM, issued for the same region. The name's record in the DNS is made by you. */
export interface Domain {
  name: string
  certificateArn: string
}

/** Requests a second, and how many may come at once; the rest are answered 429. */
export interface Throttle {
  requestsPerSecond: number
  burst: number
}

/** Each function as a user of its own, with tokens that it signs itself. There is nothing to keep, rotate or leak. */
interface IamSignIn {
  /** `db-` and capital letters: what IAM calls the instance. */
  resourceId: string
}

/** All functions as the user of one secret, each in a role of its own; for where IAM authentication cannot be turned on. */
export interface SecretSignIn {
  /**
   * The whole ARN, with the six characters at its end, of a secret in the same region: JSON with `username` and
   * `password`, such as RDS makes and rotates for its master user. If it has a KMS key of your own, that key's policy must
   * let the functions decrypt.
   */
  secretArn: string
  /** Security group of an endpoint for Secrets Manager that the network has already; null: one is made. */
  secretsEndpointGroupId: string | null
}

/**
 * An RDS instance for PostgreSQL 18 that is there already, with a database `sluice` whose owner can sign in as `signIn`
 * says (docs/adr/0009-stacks.md). Said by its attributes: a look-up would need an account to synthesise.
 */
export interface ExistingDatabase {
  /** Its name in RDS, for the alarms. */
  instanceId: string
  host: string
  port: number
  /** Gets one rule: PostgreSQL from our functions. */
  securityGroupId: string
  signIn: IamSignIn | SecretSignIn
  /** Its network becomes ours. */
  network: {
    vpcId: string
    /** Two, such as eu-west-1a; the subnets are listed in the same order. */
    zones: string[]
    /** With a way to the internet: load balancer and gateway tasks. */
    publicSubnetIds: string[]
    /** Beside the database: functions, and the endpoint of the bus. */
    privateSubnetIds: string[]
    /** Security group of an endpoint for the bus that the network has already; a second one could not have its name. */
    busEndpointGroupId: string | null
  }
}

/** Everything that differs between two deployments. The literals stand side by side in `bin/stages.ts`. */
export interface Stage {
  /** Chosen by `-c env=NAME`; part of the stack names. */
  name: string
  /** Where it is deployed to, such as eu-west-1, whatever the credentials say; empty for their region. */
  region: string
  /** What answers the Sigfox callback: functions behind API Gateway, or containers behind the gateway's load balancer. */
  sigfoxDoor: 'lambda' | 'container'
  /** What carries packs from the doors to the workers; selects the adapter behind `#bus` when code is bundled. */
  bus: 'sqs' | 'kinesis'
  /** Shards of each topic where the bus is Kinesis: 1,000 packs or 1 MB a second each. 1 to 16, or `on-demand`. */
  shards: number | 'on-demand'
  /** Stores raw messages. */
  raw: Worker
  /** Turns raw messages into readings. */
  pulse: Worker
  /**
   * The reading API. Its concurrency is reserved, because its connections count too: the account's limit must leave 100
   * beside it, which a new account reaches only after its quota was raised.
   */
  api: Pick<Worker, 'maxConcurrency' | 'memoryMiB' | 'timeoutSeconds'>
  /** At API Gateway, for each route of the callback and for reading back. */
  throttle: { callbacks: Throttle; readings: Throttle }
  /**
   * Names of your own. `api` is for API Gateway, null for the name that it has by itself; `callbacks` is for the container
   * door, which cannot do without: Sigfox refuses a certificate that it cannot check.
   */
  domains: { api: Domain | null; callbacks: Domain | null }
  sigfox: {
    /** Our field name to the name that the callback form in the Sigfox backend gives it. */
    fields: { device: string; time: string; data: string; seqNumber: string }
    /** Columns of a line of the batch callback, as its line pattern in the backend has them. */
    batchColumns: string
    /** Profile of devices that the registry does not know; empty for none: a wrong one gives wrong indexes. */
    defaultProfile: string
  }
  /** The tasks behind the load balancer, of each door that is a container. */
  gateway: {
    /** Spread over the zones. */
    minTasks: number
    /** More than `minTasks` lets CPU and new flows decide how many there are. */
    maxTasks: number
    /** 1,024 is one vCPU. Only the pairs of CPU and memory that Fargate offers. */
    cpuUnits: number
    memoryMiB: number
    /** Longest wait before a pack is published: the answer's latency, and each flush is a billed request. */
    lingerMilliseconds: number
    /** How long a stopping task still reads: the load balancer goes on sending for about two minutes. At most 110. */
    drainSeconds: number
  }
  database: {
    instanceClass: InstanceClass
    storageGiB: number
    /** RDS adds storage by itself up to this; it never shrinks. */
    maxStorageGiB: number
    /** A standby in a second zone, and a bus endpoint in each zone. Doubles the price of both. */
    multiAz: boolean
    /** Days to which the database can be restored. 0 to 35. */
    backupDays: number
    /** An instance that is there already, of the class and size said above; then none is made. */
    existing?: ExistingDatabase
  }
  /** Days of raw messages kept; a message whose event day is older is refused as `too_late`. At most 400. */
  rawRetentionDays: number
  /** Days of readings and events kept; 0 for ever. At most 36,500. */
  readingRetentionDays: number
  logRetentionDays: RetentionDays
  watch: {
    /** Who is told of an alarm and of its end, once the address was confirmed; empty for nobody. */
    alarmEmail: string
    /** Hours without any message of a network that are an alarm; 0 where nobody expects steady traffic. At most 24. */
    silenceHours: number
  }
  /** True: what holds data survives the deletion of its stack and is protected against it. */
  keepData: boolean
}
