import { resolve } from 'node:path'
import { integer, oneOf, optionalText, readSettings } from '../../adapters/process/settings.ts'
import { dev } from '../../bin/stages.ts'
import { setting } from '../../contract/settings.ts'
import type { Stage } from '../../lib/stage/stage.ts'

const buses: readonly Stage['bus'][] = ['sqs', 'kinesis']
const sigfoxDoors: readonly Stage['sigfoxDoor'][] = ['lambda', 'container']

/** Everything in which the local run differs from the template is in this file. */
export interface Overrides {
  /** TCP port of the HTTP API on 127.0.0.1. */
  readonly httpPort: number
  /** UDP port of the gateway on 127.0.0.1. */
  readonly udpPort: number
  /** Absolute path of the folder with queues, database, logs and the synthesised template. */
  readonly dataDir: string
  /** In place of the stage's bus. */
  readonly bus: Stage['bus']
  /** What takes the Sigfox callbacks, in place of the stage's door. */
  readonly sigfoxDoor: Stage['sigfoxDoor']
  /** The callback's bearer token, in place of the generated secret. */
  readonly sigfoxToken: string
  /** Divides visibility timeouts, batching windows and retention: above 1, retries come sooner. */
  readonly timeScale: number
}

/**
 * Reads HTTP_PORT, UDP_PORT, DATA_DIR, BUS, SIGFOX_DOOR, SIGFOX_TOKEN and TIME_SCALE. All have defaults.
 * @throws SettingsError naming every faulty variable
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

/** The SDKs in all processes call this machine, with credentials that open nothing. */
export const awsEnvironment = (local: { busUrl: string; secretsUrl: string }): Environment => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_ENDPOINT_URL_SQS: local.busUrl,
  AWS_ENDPOINT_URL_KINESIS: local.busUrl,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: local.secretsUrl,
})

/**
 * Without IAM, processes that use the database get the password of this data folder. There is neither TLS nor Lambda's
 * bundle of certificates.
 */
export const databaseEnvironment = (declared: Environment, password: string): Environment =>
  setting.databaseHost in declared
    ? { [setting.databaseTls]: 'off', [setting.databasePassword]: password, NODE_EXTRA_CA_CERTS: '' }
    : {}

/** Gateways are closed to other machines, and linger briefly because a person waits for the answer. */
const gatewaysEnvironment = (healthPort: number): Environment => ({
  [setting.listenAddress]: '127.0.0.1',
  [setting.healthPort]: String(healthPort),
  [setting.lingerMilliseconds]: '20',
})

/** On AWS the load balancer still sends for a while after a stop; here the drain can be short. */
export const gatewayEnvironment = (udpPort: number, healthPort: number): Environment => ({
  ...gatewaysEnvironment(healthPort),
  [setting.udpPort]: String(udpPort),
  [setting.drainSeconds]: '1',
})

/** The HTTP port in front of this gateway is closed before the gateway is asked to stop: there is nothing to drain. */
export const sigfoxGatewayEnvironment = (httpPort: number, healthPort: number): Environment => ({
  ...gatewaysEnvironment(healthPort),
  [setting.httpPort]: String(httpPort),
  [setting.drainSeconds]: '0',
})

/** A container door needs a domain and a certificate for its load balancer. There is none here, so any name does. */
export const exampleDomain = {
  domain: 'callbacks.example.com',
  certificate: `arn:aws:acm:${region}:${accountId}:certificate/00000000-0000-0000-0000-000000000000`,
}

/** The values of the secrets that processes with these settings read, by ARN. */
export const secretsFor = (declared: readonly Environment[], sigfoxToken: string): ReadonlyMap<string, string> => {
  const arns = declared.flatMap((environment) => environment[setting.sigfoxSecretArn] || [])
  return new Map(arns.map((arn) => [arn, JSON.stringify({ current: sigfoxToken })]))
}
