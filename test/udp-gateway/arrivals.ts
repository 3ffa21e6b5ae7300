import { type Datagram, datagramOf } from '../../udp-gateway/arrival.ts'
import { adeunisDatagram } from '../support/datagrams.ts'

/** An uplink that was read, with `number` to know it by. */
export const arrival = (number: number): Datagram =>
  datagramOf(
    {
      kind: 'adeunis-nbiot',
      deviceId: '0861234567890123',
      seqNumber: number,
      timeSeconds: null,
      receivedAtMs: 0,
      payload: adeunisDatagram(number),
    },
    { address: '10.0.0.1', family: 'IPv4', port: 40_000, size: 23 },
  )
