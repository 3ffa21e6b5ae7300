import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { InstanceClass } from './sizes.ts'

/** The bus that carries packs from the doors to the workers. */
export const buses = ['sqs', 'kinesis'] as const

/** What takes in Sigfox callbacks: functions behind API Gateway, or containers behind the gateways' load balancer. */
export const sigfoxDoors = ['lambda', 'container'] as const

/** The worker of one step of a lane: how it reads its topic, and how big each of its processes is. */
export interface Worker {
  /**
   * Bus records (packs, not messages) in one invocation. 1 to 6,000; above 10, SQS needs a window. Lambda invokes sooner
   * at 6 MB, which is about a hundred full packs.
   */
  batchSize: number
  /** Longest wait for a batch to fill, in seconds. 0 to 300. A longer window adds latency and saves invocations. */
  windowSeconds: number
  /**
   * Most invocations at once, for each lane. Each holds one database connection. 2 to 1,000 on SQS; on Kinesis every
   * shard gets an equal part, 1 to 10.
   */
  maxConcurrency: number
  /** CPU grows with memory: 1,769 MiB come with one whole vCPU. */
  memoryMiB: number
  /** A batch that takes longer is retried. The queue's visibility timeout is six times this, plus the window. */
  timeoutSeconds: number
}

/** A domain name of yours and its certificate in ACM, issued in the region of the stage. You create the DNS record. */
export interface Domain {
  name: string
  certificateArn: string
}

/** Requests a second, and how many may come at once. The rest is answered 429. */
export interface Throttle {
  requestsPerSecond: number
  burst: number
}

/** Each function signs in as its own user, with a token that it signs itself. No secret to keep, rotate or leak. */
interface IamSignIn {
  /** `db-` and capital letters: what IAM calls the instance. */
  resourceId: string
}

/** All functions sign in as the user of one secret, each in its own role. For databases that cannot use IAM sign-in. */
export interface SecretSignIn {
  /**
   * The full ARN, with the six characters at its end, of a secret in the same region: JSON with `username` and
   * `password`, like the one that RDS makes and rotates for its master user. If it is encrypted with your own KMS key, the
   * key's policy must let the functions decrypt.
   */
  secretArn: string
  /** Security group of the network's existing Secrets Manager endpoint; null to make an endpoint. */
  secretsEndpointGroupId: string | null
}

/**
 * An existing RDS instance of PostgreSQL 18 with a database `sluice`, whose owner signs in as `signIn` describes
 * (docs/adr/0009-stacks.md). Given by its attributes, because a look-up would need an account to synthesise.
 */
export interface ExistingDatabase {
  /** Name of the instance in RDS, for the alarms. */
  instanceId: string
  host: string
  port: number
  /** Gets one new rule: PostgreSQL from our functions. */
  securityGroupId: string
  signIn: IamSignIn | SecretSignIn
  /** The network of the instance; everything else is deployed into it too. */
  network: {
    vpcId: string
    /** Two zones, such as eu-west-1a; list the subnets in the same order. */
    zones: string[]
    /** With a route to the internet, for the load balancer and the gateway tasks. */
    publicSubnetIds: string[]
    /** With a route to the database, for the functions and the endpoint of the bus. */
    privateSubnetIds: string[]
    /** Security group of the network's existing bus endpoint; null to make an endpoint. A network can have only one. */
    busEndpointGroupId: string | null
  }
}

/** Everything that differs between two deployments. The literals stand side by side in `bin/stages.ts`. */
export interface Stage {
  /** Selected with `-c env=NAME`; part of the stack names. */
  name: string
  /** Region to deploy to, such as eu-west-1; empty for the region of the credentials. */
  region: string
  sigfoxDoor: (typeof sigfoxDoors)[number]
  /** Also selects the adapter behind `#bus` when code is bundled. */
  bus: (typeof buses)[number]
  /** Shards of each topic on Kinesis, each for 1,000 packs or 1 MB a second. 1 to 16, or `on-demand`. */
  shards: number | 'on-demand'
  /** Stores raw messages. */
  raw: Worker
  /** Turns raw messages into readings. */
  pulse: Worker
  /** The reading API. Its connections count too. */
  api: Pick<Worker, 'maxConcurrency' | 'memoryMiB' | 'timeoutSeconds'>
  /**
   * True: concurrency is reserved for the functions whose event source does not bound it (reading API, operations, workers of
   * on-demand shards), so that they cannot use up the connections. Lambda keeps 100 of the account's concurrency unreserved,
   * so a new account needs its quota raised first: `npm run preflight` says to how many.
   */
  reserveConcurrency: boolean
  /** Limits at API Gateway, for each callback route and for reading back. */
  throttle: { callbacks: Throttle; readings: Throttle }
  /**
   * Your own domain names. `api` is for API Gateway; null keeps the name that AWS gives it. `callbacks` is for the Sigfox
   * gateway, which requires one, because Sigfox refuses a certificate that it cannot verify.
   */
  domains: { api: Domain | null; callbacks: Domain | null }
  sigfox: {
    /** Our field names, each with the name that the callback form of the Sigfox backend gives it. */
    fields: { device: string; time: string; data: string; seqNumber: string }
    /** Columns of a line of the batch callback, as in the line pattern of the Sigfox backend. */
    batchColumns: string
    /** Profile for devices that are not in the registry; empty for none. A wrong profile gives wrong indexes. */
    defaultProfile: string
  }
  /** The tasks of each gateway, behind the load balancer. */
  gateway: {
    /** Tasks are spread over the zones. */
    minTasks: number
    /** If above `minTasks`, CPU and new flows decide how many tasks run. */
    maxTasks: number
    /** 1,024 is one vCPU. Only the combinations of CPU and memory that Fargate offers. */
    cpuUnits: number
    memoryMiB: number
    /** Longest wait before a pack is published. It delays the answer; every publish is a billed request. */
    lingerMilliseconds: number
    /** How long a stopping task still reads: the load balancer keeps sending for about two minutes. At most 110. */
    drainSeconds: number
  }
  database: {
    instanceClass: InstanceClass
    storageGiB: number
    /** RDS grows the storage up to this by itself. It never shrinks. */
    maxStorageGiB: number
    /** A standby in a second zone, and a bus endpoint in each zone. Doubles the price of both. */
    multiAz: boolean
    /** How many days back the database can be restored. 0 to 35. */
    backupDays: number
    /** An existing instance of the class and size above; none is made then. */
    existing?: ExistingDatabase
  }
  /** Days to keep raw messages. A message with an older event day is refused as `too_late`. At most 400. */
  rawRetentionDays: number
  /** Days to keep readings and events; 0 keeps them for ever. At most 36,500. */
  readingRetentionDays: number
  logRetentionDays: RetentionDays
  watch: {
    /** Address for the start and end of alarms, once its owner has confirmed it; empty to send no mail. */
    alarmEmail: string
    /** Hours without a message from a network before an alarm; 0 where traffic is not steady. At most 24. */
    silenceHours: number
  }
  /** True: resources that hold data outlive their stack, and the database leaves a last snapshot. */
  keepData: boolean
  /**
   * True: stack, database and load balancer refuse to be deleted. Requires keepData. A first deployment needs false
   * (`-c protected=false`): if it fails, its rollback must delete them, or it ends in ROLLBACK_FAILED.
   */
  protected: boolean
}
