import { expect, test } from 'vitest'
import { readAddresses } from '../../load/system/addresses.ts'

const here = {
  http: 'http://127.0.0.1:8080/',
  udp: 'localhost:5683',
  api: 'http://[::1]:8080/v1',
  metrics: 'http://127.9.9.9:9100/metrics',
  'token-env': 'TOKEN',
  'i-own-this': false,
}
const faultsOf = (more: Partial<typeof here>) => {
  const faults: string[] = []
  readAddresses({ ...here, ...more }, faults)
  return faults
}

test('a system on this machine may be given by any of its names', () => {
  expect(faultsOf({})).toEqual([])
  expect(readAddresses(here, [])).toEqual({
    httpUrl: 'http://127.0.0.1:8080',
    udpHost: 'localhost',
    udpPort: 5683,
    apiUrl: 'http://[::1]:8080',
    metricsUrl: 'http://127.9.9.9:9100',
    tokenEnv: 'TOKEN',
  })
})

test.each([
  [{ udp: '192.0.2.2:5683' }],
  [{ udp: '127.0.0.1.example.com:5683' }],
  [{ http: 'http://localhost.example.com' }],
  [{ api: 'http://0.0.0.0:8080' }],
  [{ metrics: 'https://metrics.example.com' }],
])('%o is on another machine, and is loaded only with --i-own-this', (away) => {
  expect(faultsOf(away)).toEqual([
    `--${Object.keys(away)[0]} ${Object.values(away)[0]} is not on this machine: say --i-own-this if the system there is yours to load.`,
  ])
  expect(faultsOf({ ...away, 'i-own-this': true })).toEqual([])
})

test.each([
  [{ udp: 'localhost' }, /is no HOST:PORT/],
  [{ udp: ':5683' }, /is no HOST:PORT/],
  [{ udp: 'localhost:65536' }, /is no HOST:PORT/],
  [{ udp: 'localhost:0' }, /is no HOST:PORT/],
  [{ udp: '[::1]:5683' }, /over IPv4/],
  [{ http: 'localhost:8080' }, /is no URL of http or https/],
  [{ api: '127.0.0.1:8080' }, /is no URL of http or https/],
])('%o is no address, and one sentence says so', (wrong, why) => {
  expect(faultsOf(wrong)).toEqual([expect.stringMatching(why)])
})
