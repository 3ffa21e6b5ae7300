import { resolve } from 'node:path'
import { integer, oneOf, optionalText, readSettings } from '../../adapters/process/settings.ts'
import { dev } from '../../bin/stages.ts'
import { setting } from '../../contract/settings.ts'
import type { Stage } from '../../lib/stage/stage.ts'

const buses: readonly Stage['bus'][] = ['sqs', 'kinesis']
const sigfoxDoors: readonly Stage['sigfoxDoor'][] = ['lambda', 'container']

/** Everything that the local run says differently from the template stands in this file. */
export interface Overrides {
  /** TCP port of the HTTP API on 127.0.0.1. */
  readonly httpPort: number
  /** UDP port of the gateway on 127.0.0.1. */
  readonly udpPort: number
  /** Absolute folder of queues, database, logs and the synthesised template. */
  readonly dataDir: string
  /** In place of the stage's bus. */
  readonly bus: Stage['bus']
  /** In place of the stage's: functions or a container take the Sigfox callbacks. */
  readonly sigfoxDoor: Stage['sigfoxDoor']
  /** The callback's bearer token, in place of the generated secret. */
  readonly sigfoxToken: string
  /** Divides visibility, batching windows and retention, so that nobody waits minutes for a retry. */
  readonly timeScale: number
}

/**
 * HTTP_PORT, UDP_PORT, DATA_DIR, BUS, SIGFOX_DOOR, SIGFOX_TOKEN and TIME_SCALE with their defaults.
 * @throws SettingsError naming every variable that is wrong
 */
export const readOverrides = (environment: Readonly<Record<string, string | undefined>>): Overrides => {
  const read = readSettings(environment, {
    httpPort: integer('HTTP_PORT', { min: 1, max: 65_535, fallback: 8080 }),
    udpPort: integer('UDP_PORT', { min: 1, max: 65_535, fallback: 5683 }),
    dataDir: optionalText('DATA_DIR'),
    bus: oneOf('BUS', buses, dev.bus),
    sigfoxDoor: oneOf('SIGFOX_DOOR', sigfoxDoors, dev.sigfoxDoor),
    sigfoxToken: optionalText('SIGFOX_TOKEN'),
    timeScale: integer('TIME_SCALE', { min: 1, max: 86_400, fallback: 1 }),
  })
  return { ...read, dataDir: resolve(read.dataDir ?? '.data'), sigfoxToken: read.sigfoxToken ?? 'local' }
}

export const region = 'eu-west-1'
export const accountId = '000000000000'

/** Most processes of one function at once, whatever the template grants: this machine has few cores. */
const processLimits = { worker: 2, other: 4 }

export const mostProcesses = (kind: keyof typeof processLimits, granted: number | null): number =>
  Math.min(granted ?? processLimits[kind], processLimits[kind])

export type Environment = Readonly<Record<string, string>>

/** The SDKs of all processes talk to this machine, with credentials that open nothing. */
export const awsEnvironment = (local: { busUrl: string; secretsUrl: string }): Environment => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_ENDPOINT_URL_SQS: local.busUrl,
  AWS_ENDPOINT_URL_KINESIS: local.busUrl,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: local.secretsUrl,
})

/**
 * There is no IAM here, so whoever connects to the database has the password of this data folder; and neither TLS nor
 * the certificates that lie in Lambda's runtime.
 */
export const databaseEnvironment = (declared: Environment, password: string): Environment =>
  setting.databaseHost in declared
    ? { [setting.databaseTls]: 'off', [setting.databasePassword]: password, NODE_EXTRA_CA_CERTS: '' }
    : {}

/** Nothing here is open to other machines, and a person waits for the answer. */
const gatewaysEnvironment = (healthPort: number): Environment => ({
  [setting.listenAddress]: '127.0.0.1',
  [setting.healthPort]: String(healthPort),
  [setting.lingerMilliseconds]: '20',
})

/** No load balancer goes on sending after a stop. */
export const gatewayEnvironment = (udpPort: number, healthPort: number): Environment => ({
  ...gatewaysEnvironment(healthPort),
  [setting.udpPort]: String(udpPort),
  [setting.drainSeconds]: '1',
})

/** The one before it, at HTTP_PORT, has been closed when it is told to stop: nothing comes any more. */
export const sigfoxGatewayEnvironment = (httpPort: number, healthPort: number): Environment => ({
  ...gatewaysEnvironment(healthPort),
  [setting.httpPort]: String(httpPort),
  [setting.drainSeconds]: '0',
})

/** A load balancer ends TLS on AWS, and here there is none; a stage whose container door has no name gets one. */
export const exampleDomain = {
  domain: 'callbacks.example.com',
  certificate: `arn:aws:acm:${region}:${accountId}:certificate/00000000-0000-0000-0000-000000000000`,
}

/** The values of the secrets that processes with these settings read, by ARN. */
export const secretsFor = (declared: readonly Environment[], sigfoxToken: string): ReadonlyMap<string, string> => {
  const arns = declared.flatMap((environment) => environment[setting.sigfoxSecretArn] || [])
  return new Map(arns.map((arn) => [arn, JSON.stringify({ current: sigfoxToken })]))
}
