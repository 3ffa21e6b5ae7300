import { isIPv6 } from 'node:net'

/** The addresses of a system that already runs. */
export interface Addresses {
  readonly httpUrl: string
  readonly udpHost: string
  readonly udpPort: number
  readonly apiUrl: string
  readonly metricsUrl: string | null
  readonly tokenEnv: string
}

/** The options of the command line that hold addresses. */
interface Given {
  readonly http?: string | undefined
  readonly udp?: string | undefined
  readonly api?: string | undefined
  readonly metrics?: string | undefined
  readonly 'token-env'?: string | undefined
  readonly faults?: string | undefined
  readonly 'i-own-this': boolean
}

/** Whether a host is this machine itself. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

const hostOf = (url: string): string | null => {
  if (!URL.canParse(url)) return null
  const { protocol, hostname } = new URL(url)
  return /^https?:$/.test(protocol) ? hostname : null
}

const mostPort = 65_535

/** What is wrong with the address for datagrams. Null where nothing is. */
const faultOfUdp = (udp: string, host: string, port: string, isOwned: boolean): string | null => {
  if (host === '' || !/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > mostPort)
    return `--udp ${udp} is no HOST:PORT.`
  if (isIPv6(host.replace(/^\[(.*)\]$/, '$1')))
    return `--udp ${udp}: datagrams are sent over IPv4, give such an address or a name that has one.`
  return isLoopback(host) || isOwned
    ? null
    : `--udp ${udp} is not on this machine: say --i-own-this if the system there is yours to load.`
}

/** The addresses of a running system. Null where none are given. Adds a sentence to `faults` for each error. */
export const readAddresses = (values: Given, faults: string[]): Addresses | null => {
  const { http, udp, api, metrics } = values
  const tokenEnv = values['token-env']
  if ([http, udp, api, metrics, tokenEnv].every((one) => one === undefined)) return null
  for (const [name, text] of Object.entries({ http, udp, api, 'token-env': tokenEnv }))
    if (text === undefined) faults.push(`--${name} is missing: a system that already runs needs all its addresses.`)
  const [udpHost = '', port = ''] = udp?.split(/:(?=\d+$)/) ?? []
  for (const [name, text] of Object.entries({ http, api, metrics })) {
    if (text === undefined) continue
    const host = hostOf(text)
    if (host === null) faults.push(`--${name} ${text} is no URL of http or https.`)
    else if (!isLoopback(host) && !values['i-own-this'])
      faults.push(`--${name} ${text} is not on this machine: say --i-own-this if the system there is yours to load.`)
  }
  const ofUdp = udp === undefined ? null : faultOfUdp(udp, udpHost, port, values['i-own-this'])
  if (ofUdp !== null) faults.push(ofUdp)
  if (values.faults !== undefined)
    faults.push('--faults needs a system that this run starts itself: it kills no other processes.')
  const withoutSlash = (url = '') => url.replace(/\/$/, '')
  return {
    httpUrl: withoutSlash(http),
    apiUrl: withoutSlash(api).replace(/\/v1$/, ''),
    udpHost,
    udpPort: Number(port),
    metricsUrl: metrics === undefined ? null : withoutSlash(metrics).replace(/\/metrics$/, ''),
    tokenEnv: tokenEnv ?? '',
  }
}
