import { draginoDatagram, seeded, sigfoxUplink } from '../support/traffic.ts'

/** What the readings must be in the end, by `device channel instant`, worked out from what was sent and nothing else. */
export type Model = Map<string, number>

const readingKey = (device: string, channel: string, seconds: number) =>
  `${device} ${channel} ${new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')}`

interface SigfoxMessage {
  readonly device: string
  readonly time: number
  readonly seqNumber: number
  readonly data: string
}

/** One message as Sigfox may write it: with other types, another form, another spelling of the id. */
const spellings: ((m: SigfoxMessage) => { type: string; body: string })[] = [
  (m) => ({ type: 'application/json', body: JSON.stringify(m) }),
  (m) => ({
    type: 'application/json',
    body: JSON.stringify({
      ...m,
      device: `00${m.device.toLowerCase()}`,
      time: String(m.time),
      seqNumber: `${m.seqNumber}`,
    }),
  }),
  (m) => ({
    type: 'application/x-www-form-urlencoded',
    body: `device=${m.device}&time=${m.time}&data=${m.data.toUpperCase()}&seqNumber=${m.seqNumber}&snr=null`,
  }),
  (m) => ({
    type: 'text/plain',
    body: `device:${m.device}; data:${m.data}; time:${m.time * 1000}; seqNumber:${m.seqNumber}`,
  }),
]

const batchLine = ({ device, time, data, seqNumber }: SigfoxMessage) =>
  `${device};${time};false;null;37FF;${data};null;45;5;-120.50;${seqNumber}`

export interface Post {
  readonly path: '/sigfox/uplink' | '/sigfox/batch'
  readonly type: string
  readonly body: string
  /** Messages, good and bad, that it carries. */
  readonly items: number
}

const poisonLines = (now: number) => [
  'not;enough;columns',
  batchLine({ device: 'C0FFEE', time: now, seqNumber: 1, data: '468' }),
  batchLine({ device: 'NOHEX', time: now, seqNumber: 1, data: '46' }),
  batchLine({ device: 'C0FFEE', time: now + 86_400, seqNumber: 2, data: '46000000010000000200' }),
  batchLine({ device: 'C0FFEE', time: now, seqNumber: 3, data: 'ff00' }),
]
/** How many of them the door or the raw worker rejects; the last is stored, and the pulse worker rejects it. */
export const rejectedBeforeStored = 4

/**
 * The traffic of a small fleet: every message at least once, a third of the Sigfox ones again in another spelling,
 * some in batches with poison at each place; datagrams with overlapping histories, a third of them twice.
 */
export const planTraffic = (seed: number, now: number) => {
  const random = seeded(seed)
  const model: Model = new Map()
  const messages: SigfoxMessage[] = []
  for (let device = 0; device < 40; device++)
    for (let hour = 0; hour < 10; hour++) {
      const time = now - hour * 3_600 - device
      const { deviceId, seqNumber, payload } = sigfoxUplink(device, time, 5_000 - hour * 10)
      messages.push({ device: deviceId, time, seqNumber, data: Buffer.from(payload).toString('hex') })
      model.set(readingKey(deviceId, 'A', time), 5_000 - hour * 10)
      model.set(readingKey(deviceId, 'B', time), 10_000 - hour * 20)
    }
  const spelled = (m: SigfoxMessage): Post => {
    const spell = spellings[random.below(spellings.length)] as (typeof spellings)[number]
    const { type, body } = spell(m)
    return { path: '/sigfox/uplink', type, body, items: 1 }
  }
  const retried = messages.filter(() => random.next() < 0.33).map(spelled)
  const poison = poisonLines(now)
  const batches = poison.map((line, place): Post => {
    const lines = messages.slice(place * 20, place * 20 + 20).map(batchLine)
    const body = [...lines.slice(0, place * 5), line, ...lines.slice(place * 5)].join(place % 2 ? '\r\n' : '\n')
    return { path: '/sigfox/batch', type: 'text/plain', body, items: 21 }
  })
  const posts = random.shuffled([...messages.slice(100).map(spelled), ...retried, ...batches])

  const datagrams: Buffer[] = []
  for (let device = 0; device < 25; device++)
    for (let hour = 0; hour < 8; hour++) {
      const time = now - hour * 3_600 - device
      const history = [1, 2].map((k): [number, number] => [9_000 - (hour + k) * 10, time - k * 3_600])
      datagrams.push(draginoDatagram(device, time, 9_000 - hour * 10, history))
      const imei = `86841105${String(device).padStart(7, '0')}`
      for (const [index, at] of [[9_000 - hour * 10, time] as [number, number], ...history])
        model.set(readingKey(imei, 'A', at), index)
    }
  const sentTwice = datagrams.filter(() => random.next() < 0.33)
  const garbage = ['', '00', 'deadbeef', 'f868411056754138f460', '1234'].map((hex) => Buffer.from(hex, 'hex'))
  return {
    model,
    posts,
    datagrams: random.shuffled([...datagrams, ...sentTwice, ...garbage]),
    sigfoxStored: messages.length + 1,
    nbiotStored: datagrams.length,
    garbage: garbage.length,
  }
}
