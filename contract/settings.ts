/**
 * Names of the environment variables that the template sets and the processes read: one list for both, so that a name
 * cannot change on one side only. Values are text; `adapters/process/settings.ts` reads them.
 */
export const setting = {
  /** Namespace of the metrics in CloudWatch. Without it none are written. */
  metricsNamespace: 'METRICS_NAMESPACE',

  /** Which lane a worker serves: `sigfox` or `nbiot`. */
  lane: 'LANE',
  /** Where the doors publish what they accept. */
  rawTopicUrl: 'RAW_TOPIC_URL',
  /** Where a raw worker publishes the ids of what it stored. */
  pulseTopicUrl: 'PULSE_TOPIC_URL',

  /** The secret with the callback's tokens: JSON `{"current": "...", "next": "..."}`. */
  sigfoxSecretArn: 'SIGFOX_SECRET_ARN',
  /** JSON object: our field name to the name in the callback's body, e.g. `{"device":"id"}`. */
  sigfoxFields: 'SIGFOX_FIELDS',
  /** Column names of a line of the batch callback, separated by `;`, in order. */
  sigfoxBatchColumns: 'SIGFOX_BATCH_COLUMNS',
  /** Profile for Sigfox devices that the registry does not know; empty for none. */
  defaultProfile: 'DEFAULT_PROFILE',

  databaseHost: 'DATABASE_HOST',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  databaseUser: 'DATABASE_USER',
  /** A secret with the `username` and `password` of a user who takes on the role of each; without it all sign in by IAM. */
  databaseSecretArn: 'DATABASE_SECRET_ARN',
  /** Only in the local run, which has neither IAM nor a secret. It goes first. */
  databasePassword: 'DATABASE_PASSWORD',
  /** `require` (the default) or `off`. */
  databaseTls: 'DATABASE_TLS',
  /** How many days of raw messages are kept; partitions are made that far back. */
  partitionDaysBack: 'PARTITION_DAYS_BACK',
  partitionDaysAhead: 'PARTITION_DAYS_AHEAD',
  /** How many days of readings and events are kept; 0 or nothing: for ever. */
  readingRetentionDays: 'READING_RETENTION_DAYS',

  /** The address on which a gateway listens; if it is not set, on all. */
  listenAddress: 'LISTEN_ADDRESS',
  udpPort: 'UDP_PORT',
  /** TCP port of the HTTP gateway. */
  httpPort: 'HTTP_PORT',
  /** TCP port of `/healthz` and `/metrics`. */
  healthPort: 'HEALTH_PORT',
  /** The longest wait before a pack is published. It is part of the ack's latency; on AWS each flush is billed. */
  lingerMilliseconds: 'LINGER_MILLISECONDS',
  /** How long a gateway still takes in after SIGTERM. The load balancer keeps sending for about two minutes. */
  drainSeconds: 'DRAIN_SECONDS',
  receiveBufferBytes: 'RECEIVE_BUFFER_BYTES',
  /** The most bytes held in memory while the bus is slow. Beyond that, messages are shed and counted. */
  queueBytes: 'QUEUE_BYTES',
  /** The most reject records a second at the UDP gateway; other refusals are only counted. */
  rejectsPerSecond: 'REJECTS_PER_SECOND',
} as const
