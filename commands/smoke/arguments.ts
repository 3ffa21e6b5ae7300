import { readFileSync } from 'node:fs'
import { readOverrides } from '../../local/process/overrides.ts'
import { Misuse, readCommandLine } from '../command-line/command.ts'
import { type Target, targetOptions, targetUsage } from '../command-line/target.ts'

export const usage = `Usage: npm run smoke -- [--http URL] [--udp HOST:PORT] [--api URL] [--token-env NAME | --token-secret ARN]
                        [--outputs FILE] [--within SECONDS] [--stack NAME]

Sends one message of a made-up device through each door, reads both back, and erases everything again.
  --http          the address of the callback (output SigfoxCallbackUrl)
  --udp           the address for the NB-IoT devices (output UdpAddress)
  --api           the address of the reading API (output ApiUrl)
  --token-env     the environment variable with the callback's token
  --token-secret  the secret with the callback's token (output SigfoxSecretArn)
  --outputs       the file of \`cdk deploy --outputs-file FILE\`: it has these four outputs of the stack
  --within        how long to wait for the readings, 60 by default
Without --stack the defaults are the doors of the local run, and requests to --api are not signed. Run one at a time.
What arrives after a run has given up is erased by the next.

${targetUsage}`

/** What to try, and how. */
export interface Asked {
  readonly callback: URL
  readonly udp: { readonly host: string; readonly port: number }
  readonly api: URL
  readonly token: { readonly value: string } | { readonly secretArn: string }
  readonly withinMs: number
  readonly target: Target
}

const readUrl = (name: string, text: string): URL => {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text)
  throw new Misuse(`--${name} must be an http or https address, not ${JSON.stringify(text)}.`)
}

/** The route for single messages, whichever of the door's routes was given. */
const callbackOf = (door: URL): URL => new URL(`${door.pathname.replace(/\/(sigfox\/\w+)?$/, '')}/sigfox/uplink`, door)

const apiOf = (url: URL): URL => new URL(`${url.pathname.replace(/\/(v1\/?)?$/, '')}/v1`, url)

const readUdp = (text: string): Asked['udp'] => {
  const [, host = '', port = ''] = /^\[?([^[\]\s]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  if (Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new Misuse(`--udp must be HOST:PORT, not ${JSON.stringify(text)}.`)
}

const readWithin = (text: string): number => {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text) * 1000
  throw new Misuse(`--within must be a number of seconds from 1 to 9999, not ${JSON.stringify(text)}.`)
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

/** The outputs of a deployment, as the options that they stand for. */
const readOutputs = (file: string, stack: string | undefined) => {
  if (stack === undefined) throw new Misuse('--outputs needs --stack, whose outputs are read.')
  try {
    const { SigfoxCallbackUrl, UdpAddress, ApiUrl, SigfoxSecretArn } = JSON.parse(readFileSync(file, 'utf8'))[stack]
    return { http: SigfoxCallbackUrl, udp: UdpAddress, api: ApiUrl, 'token-secret': SigfoxSecretArn }
  } catch (error) {
    throw new Misuse(`--outputs ${file} has no outputs of ${stack}: ${(error as Error).message}.`)
  }
}

const given = (argv: readonly string[]) => readCommandLine({ args: [...argv], options }).values

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
  if (name !== undefined && secretArn !== undefined) throw new Misuse('Use --token-env or --token-secret, not both.')
  if (secretArn !== undefined) return { secretArn }
  if (name === undefined) return { value: fallback }
  const value = environment[name]
  if (!value) throw new Misuse(`--token-env ${name}: this variable is missing or empty.`)
  return { value }
}

/** @throws Misuse */
export const readArguments = (argv: readonly string[], environment: NodeJS.ProcessEnv): Asked => {
  const values = parse(argv)
  const { stack, http, udp, api } = values
  const missing = Object.entries({ '--http': http, '--udp': udp, '--api': api }).filter(([, value]) => !value)
  if (stack !== undefined) {
    if (missing.length > 0) throw new Misuse(`--stack also needs ${missing.map(([name]) => name).join(', ')}.`)
    if (!values['token-env'] && !values['token-secret'])
      throw new Misuse('--stack also needs the token: use --token-secret or --token-env.')
  }
  const local = readOverrides(environment)
  const localUrl = `http://127.0.0.1:${local.httpPort}`
  return {
    callback: callbackOf(readUrl('http', http ?? localUrl)),
    udp: readUdp(udp ?? `127.0.0.1:${local.udpPort}`),
    api: apiOf(readUrl('api', api ?? localUrl)),
    token: readToken(values, environment, local.sigfoxToken),
    withinMs: readWithin(values.within ?? '60'),
    target: values,
  }
}
