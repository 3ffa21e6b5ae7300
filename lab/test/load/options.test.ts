import { expect, test } from 'vitest'
import { readFaults } from '../../load/faults/parse.ts'
import { readOptions } from '../../load/run/options.ts'

const nowMs = 1_795_000_000_000
const read = (line: string) => readOptions(line.split(' '), nowMs)
const whole = '--devices 3600 --minutes 10 --speed 60'
const running = '--http http://127.0.0.1:8080 --udp 127.0.0.1:5683 --api http://127.0.0.1:8080/v1 --token-env TOKEN'

test('the fleet’s clock meets ours at the end, so that no message is in the future', () => {
  const { plan } = read(whole)
  expect(plan.startSeconds + plan.seconds * plan.speed).toBe(nowMs / 1_000 + plan.seconds)
  expect(plan).toMatchObject({ devices: 3_600, seconds: 600, sigfoxShare: 50, sigfoxBatches: false })
})

test('all errors are reported at once', () => {
  const wrong = '--devices 0 --minutes x --share sigfox=120 --profile icemeter-pulse --bus nats --stage big'
  expect(() => read(wrong)).toThrow(
    /--devices.*\n--minutes.*\n--share.*\n--bus nats.*\n--stage big.*\n--profile icemeter-pulse/,
  )
  expect(() => read('--devices 5 --minuets 3')).toThrow(/minuets/)
  expect(() => read('--devices 5 --minutes 600 --speed 100')).toThrow(/more than 30 days/)
})

test('each of several sizes is a plan in a new system, without faults', () => {
  expect(read('--devices 1000,36000000 --minutes 1').sizes).toEqual([1_000, 36_000_000])
  expect(read(whole)).toMatchObject({ sizes: [3_600], plan: { devices: 3_600 } })
  expect(() => read('--devices 1000,x,0 --minutes 1')).toThrow(/--devices is "x".*\n--devices is "0"/)
  for (const more of [running, '--faults kill:gateway@1s'])
    expect(() => read(`--devices 10,20 --minutes 1 ${more}`)).toThrow(/each starts its own system, and no faults/)
})

test('devices without a clock are in every system that the run starts, and in none that already runs', () => {
  const known = ['dragino-sw3l-nb', 'dragino-cpn01-nb', 'dragino-cpl03-nb', 'adeunis-pulse-nbiot']
  expect(read(whole).plan.profiles).toEqual([...known, 'elko-airtm-nb'])
  expect(read(`${whole} ${running}`).plan.profiles).toEqual(known)
  expect(() => read(`${whole} ${running} --profile elko-airtm-nb`)).toThrow(/it has no clock/)
})

test('another machine is loaded only with --i-own-this', () => {
  expect(read(`${whole} ${running}`).addresses).toMatchObject({
    httpUrl: 'http://127.0.0.1:8080',
    udpPort: 5683,
    apiUrl: 'http://127.0.0.1:8080',
  })
  for (const away of [
    running.replace('http://127.0.0.1:8080 ', 'https://api.example.com '),
    running.replace('127.0.0.1:5683', '10.0.0.7:5683'),
    running.replace('http://127.0.0.1:8080/v1', 'http://example.com/v1'),
  ]) {
    expect(() => read(`${whole} ${away}`)).toThrow(/not on this machine: say --i-own-this/)
    expect(read(`${whole} ${away} --i-own-this`).addresses).not.toBeNull()
  }
})

test('a running system needs all its addresses, and none of its processes is killed', () => {
  expect(() => read(`${whole} --http http://127.0.0.1:1`)).toThrow(/--udp is missing.*\n--api is missing/)
  expect(() => read(`${whole} ${running} --faults kill:gateway@1s`)).toThrow(/kills no other processes/)
})

test('faults are read with their times, in order', () => {
  expect(readFaults('stop:db@20s+30s,kill:raw-worker@10.5s', 60, 1)).toEqual([
    { kind: 'kill', target: 'raw-worker', atSecond: 10.5, lastsSeconds: 0 },
    { kind: 'stop', target: 'db', atSecond: 20, lastsSeconds: 30 },
  ])
})

test.each([
  ['kill:everything@1s', /a target is gateway/],
  ['murder:db@1s', /a fault is kill:TARGET@10s/],
  ['kill:bus@1s', /the emulator keeps its messages in memory/],
  ['stop:db@1s', /a stop says how long/],
  ['kill:db@1s+5s', /a kill does not last/],
  ['kill:db@61s', /the run ends at 60 s/],
])('%s is none, and it is said why', (text, why) => {
  expect(() => readFaults(text, 60, 1)).toThrow(why)
})

test('a storm is the same for the same seed, ends before the run and hits everything in a long one', () => {
  const storm = readFaults('storm', 600, 3)
  expect(readFaults('storm', 600, 3)).toEqual(storm)
  expect(readFaults('storm', 600, 4)).not.toEqual(storm)
  expect(Math.max(...storm.map(({ atSecond, lastsSeconds }) => atSecond + lastsSeconds))).toBeLessThan(570)
  expect(new Set(storm.map(({ kind, target }) => `${kind} ${target}`)).size).toBe(10)
  expect(storm.filter(({ kind, target }) => kind === 'kill' && target === 'bus')).toEqual([])
})
