/**
 * Names of the environment variables that the template sets and the processes read. One list for both, so that a
 * renamed setting cannot be half renamed. Values are text; `adapters/process/settings.ts` reads them.
 */
export const setting = {
  /** Namespace of the metrics in CloudWatch; none are written where it is not set. */
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
  /** Profile of Sigfox devices that the registry does not know; empty for none. */
  defaultProfile: 'DEFAULT_PROFILE',

  databaseHost: 'DATABASE_HOST',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  databaseUser: 'DATABASE_USER',
  /** A secret with `username` and `password` of a user in whose roles all sign in; without it they do so by IAM. */
  databaseSecretArn: 'DATABASE_SECRET_ARN',
  /** Only where there is neither IAM nor a secret: the local run. It goes first. */
  databasePassword: 'DATABASE_PASSWORD',
  /** `require` (the default) or `off`. */
  databaseTls: 'DATABASE_TLS',
  /** Days of raw messages kept behind today; partitions are made that far back. */
  partitionDaysBack: 'PARTITION_DAYS_BACK',
  partitionDaysAhead: 'PARTITION_DAYS_AHEAD',
  /** Days of readings and events kept; 0 or nothing: for ever. */
  readingRetentionDays: 'READING_RETENTION_DAYS',

  /** The one address on which a gateway listens; on all where it is not set. */
  listenAddress: 'LISTEN_ADDRESS',
  udpPort: 'UDP_PORT',
  /** TCP port of the Sigfox door where it is a container. */
  httpPort: 'HTTP_PORT',
  /** TCP port of `/healthz` and `/metrics`. */
  healthPort: 'HEALTH_PORT',
  /** Longest wait before a pack is published: the ack's latency, and on AWS each flush is a billed request. */
  lingerMilliseconds: 'LINGER_MILLISECONDS',
  /** How long a gateway still takes in after SIGTERM: the load balancer goes on sending for about two minutes. */
  drainSeconds: 'DRAIN_SECONDS',
  receiveBufferBytes: 'RECEIVE_BUFFER_BYTES',
  /** Most bytes held in memory while the bus is slow; beyond, messages are shed and counted. */
  queueBytes: 'QUEUE_BYTES',
  /** Reject records a second at the UDP door; the others are only counted. */
  rejectsPerSecond: 'REJECTS_PER_SECOND',
} as const
