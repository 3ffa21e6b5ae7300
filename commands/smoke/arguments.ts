import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readOverrides } from '../../local/process/overrides.ts'
import { Misuse } from '../shared/command.ts'
import { targetOptions, targetUsage } from '../shared/operate.ts'

export const usage = `Usage: npm run smoke -- [--http URL] [--udp HOST:PORT] [--api URL] [--token-env NAME | --token-secret ARN]
                        [--outputs FILE] [--within SECONDS] [--stack NAME]

Sends one message of a device that there is not through each door, reads both back, and erases all of it again.
  --http          the callback's address, as the output SigfoxCallbackUrl has it
  --udp           the address for the NB-IoT devices, as the output UdpAddress has it
  --api           where it is read back, as the output ApiUrl has it
  --token-env     the environment variable that holds the callback's token
  --token-secret  the secret that holds it, as the output SigfoxSecretArn has it
  --outputs       all four, as \`cdk deploy --outputs-file FILE\` wrote them of the stack
  --within        how long to wait for the readings, 60 by default
Without --stack these are the doors of the local run, and the requests of --api are not signed. One run at a
time; what arrives after a run has given up is erased by the next.

${targetUsage}`

/** What is tried, and how. */
export interface Asked {
  readonly callback: URL
  readonly udp: { readonly host: string; readonly port: number }
  readonly api: URL
  readonly token: { readonly value: string } | { readonly secretArn: string }
  readonly withinMs: number
  readonly target: { readonly databaseUrl: string | undefined; readonly stack: string | undefined }
}

const readUrl = (name: string, text: string): URL => {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text)
  throw new Misuse(`--${name} is an http or https address, not ${JSON.stringify(text)}.`)
}

/** The route of single messages, whichever route of the door was named. */
const callbackOf = (door: URL): URL => new URL(`${door.pathname.replace(/\/(sigfox\/\w+)?$/, '')}/sigfox/uplink`, door)

const apiOf = (url: URL): URL => new URL(`${url.pathname.replace(/\/(v1\/?)?$/, '')}/v1`, url)

const readUdp = (text: string): Asked['udp'] => {
  const [, host = '', port = ''] = /^\[?([^[\]\s]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  if (Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new Misuse(`--udp is HOST:PORT, not ${JSON.stringify(text)}.`)
}

const readWithin = (text: string): number => {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text) * 1000
  throw new Misuse(`--within is a number of seconds from 1 to 9999, not ${JSON.stringify(text)}.`)
}

const text = { type: 'string' } as const
const options = {
  ...targetOptions,
  http: text,
  udp: text,
  api: text,
  'token-env': text,
  'token-secret': text,
  outputs: text,
  within: text,
} as const

/** What was deployed, by the options that say the same. */
const readOutputs = (file: string, stack: string | undefined) => {
  if (stack === undefined) throw new Misuse('--outputs is of a stack: say --stack too.')
  try {
    const { SigfoxCallbackUrl, UdpAddress, ApiUrl, SigfoxSecretArn } = JSON.parse(readFileSync(file, 'utf8'))[stack]
    return { http: SigfoxCallbackUrl, udp: UdpAddress, api: ApiUrl, 'token-secret': SigfoxSecretArn }
  } catch (error) {
    throw new Misuse(`--outputs ${file} has no outputs of ${stack}: ${(error as Error).message}.`)
  }
}

const given = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options }).values
  } catch (error) {
    throw new Misuse(`${(error as Error).message}.`)
  }
}

const parse = (argv: readonly string[]): ReturnType<typeof given> => {
  const values = given(argv)
  return values.outputs === undefined ? values : { ...readOutputs(values.outputs, values.stack), ...values }
}

const readToken = (
  values: ReturnType<typeof parse>,
  environment: NodeJS.ProcessEnv,
  fallback: string,
): Asked['token'] => {
  const { 'token-env': name, 'token-secret': secretArn } = values
  if (name !== undefined && secretArn !== undefined) throw new Misuse('--token-env or --token-secret: not both.')
  if (secretArn !== undefined) return { secretArn }
  if (name === undefined) return { value: fallback }
  const value = environment[name]
  if (!value) throw new Misuse(`--token-env ${name}: there is no such variable, or it is empty.`)
  return { value }
}

/** @throws Misuse */
export const readArguments = (argv: readonly string[], environment: NodeJS.ProcessEnv): Asked => {
  const values = parse(argv)
  const { stack, http, udp, api } = values
  const missing = Object.entries({ '--http': http, '--udp': udp, '--api': api }).filter(([, value]) => !value)
  if (stack !== undefined) {
    if (missing.length > 0) throw new Misuse(`With --stack say also ${missing.map(([name]) => name).join(', ')}.`)
    if (!values['token-env'] && !values['token-secret'])
      throw new Misuse('With --stack say where the token is: --token-secret or --token-env.')
  }
  const local = readOverrides(environment)
  const localUrl = `http://127.0.0.1:${local.httpPort}`
  return {
    callback: callbackOf(readUrl('http', http ?? localUrl)),
    udp: readUdp(udp ?? `127.0.0.1:${local.udpPort}`),
    api: apiOf(readUrl('api', api ?? localUrl)),
    token: readToken(values, environment, local.sigfoxToken),
    withinMs: readWithin(values.within ?? '60'),
    target: { databaseUrl: values['database-url'], stack },
  }
}
