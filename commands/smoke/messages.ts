/** A made-up device, its one message, and the readings to expect. */
export interface Probe {
  readonly lane: 'sigfox' | 'nbiot'
  readonly deviceId: string
  readonly profile: string
  /** Sigfox: the body of the callback. NB-IoT: the datagram. */
  readonly bytes: Buffer
  readonly readAt: string
  /** By channel. */
  readonly indexes: Readonly<Record<string, number>>
}

/** The second highest id that a Sigfox message can carry. */
const sigfoxId = 'FFFFFFFE'
/** Its check digit, the last one, is wrong: no module has this IMEI. */
const imei = '868411059999990'

/** What follows the IMEI in a report of a Dragino SW3L-NB: IMSI, versions, battery, signal, model. */
const draginoRest = 'f4602401020304050a640cf11d0100000001c2'

const sigfoxFrame = (index: number): string => {
  const frame = Buffer.alloc(10)
  frame[0] = 0x46
  frame.writeUInt32BE(index, 2)
  frame.writeUInt32BE(index + 1, 6)
  return frame.toString('hex')
}

const draginoDatagram = (index: number, atSeconds: number): Buffer => {
  const report = Buffer.alloc(8)
  report.writeUInt32BE(index)
  report.writeUInt32BE(atSeconds, 4)
  return Buffer.concat([Buffer.from(`f${imei}${draginoRest}`, 'hex'), report])
}

/** One message for each door. Each run sends different ones. */
export const probes = (nowMs: number): Probe[] => {
  const atSeconds = Math.floor(nowMs / 1000)
  const index = atSeconds % 100_000_000
  const readAt = new Date(atSeconds * 1000).toISOString().replace('.000Z', 'Z')
  const body = { device: sigfoxId, time: atSeconds, seqNumber: atSeconds % 4_096, data: sigfoxFrame(index) }
  return [
    {
      lane: 'sigfox',
      deviceId: sigfoxId,
      profile: 'adeunis-pulse@3',
      bytes: Buffer.from(JSON.stringify(body)),
      readAt,
      indexes: { A: index, B: index + 1 },
    },
    {
      lane: 'nbiot',
      deviceId: imei,
      profile: 'dragino-sw3l-nb',
      bytes: draginoDatagram(index, atSeconds),
      readAt,
      indexes: { A: index },
    },
  ]
}
