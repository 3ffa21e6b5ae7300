import { relative } from 'node:path'
import type { Overrides } from './process/overrides.ts'
import type { Local } from './start.ts'

/** A frame of an Adeunis PULSE: indexes 159 and 2. */
const sigfoxFrame = '46800000009f00000002'
const sigfoxDevice = '1A2B3C'
/** A report of a Dragino SW3L-NB without its last four bytes, which are its clock. */
const datagram = 'f868411056754138f4602401020304050a640cf11d0100000001c200002328'
const datagramDevice = '868411056754138'

/** Only bash has /dev/udp. It writes its output line by line; `tail` makes one datagram of it. */
const sendDatagram = (port: number) =>
  `bash -c 'hex=${datagram}$(printf %08x $(date +%s)); ` +
  `printf "$(sed "s/../\\\\\\\\x&/g" <<< $hex)" | tail -c 500 > /dev/udp/127.0.0.1/${port}'`

const streamsNote = `
The streams are in memory only: a stop waits until the workers have read everything, at most a minute, and what still
waits at a second Ctrl-C or a kill is lost.`

/** Commands to paste into a shell: one for each door, and how to read the result back. */
export const howToTry = ({ httpUrl, udpPort, plan }: Local, { sigfoxToken, dataDir }: Overrides): string => {
  const body = `{\\"device\\":\\"${sigfoxDevice}\\",\\"time\\":$(date +%s),\\"seqNumber\\":1,\\"data\\":\\"${sigfoxFrame}\\"}`
  return `
Sigfox   ${httpUrl}/sigfox/uplink   bearer token: ${sigfoxToken}
  curl -i -H 'Authorization: Bearer ${sigfoxToken}' -H 'Content-Type: application/json' -d "${body}" ${httpUrl}/sigfox/uplink
  curl ${httpUrl}/v1/devices/${sigfoxDevice}/readings

NB-IoT   udp 127.0.0.1:${udpPort}
  ${sendDatagram(udpPort)}
  curl ${httpUrl}/v1/devices/${datagramDevice}/readings

/v1 asks for no identity here (on AWS it does): it is open to this machine only.
Data and logs are in ${relative('', dataDir) || '.'}. Ctrl-C stops everything and keeps the data.${
    plan.bus === 'kinesis' ? streamsNote : ''
  }
`
}
