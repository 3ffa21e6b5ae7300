import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../test/support/random.ts'
import type { FleetMessage } from './fleet.ts'
import type { Answer, Ledger } from './ledger.ts'

type Spelling = (m: FleetMessage) => { readonly type: string; readonly body: string }

const hex = ({ payload }: FleetMessage) => payload.toString('hex')

/** The ways in which Sigfox may write a message: other types, another format, another spelling of the id. */
const spellings: readonly Spelling[] = [
  (m) => ({
    type: 'application/json',
    body: JSON.stringify({ device: m.deviceId, time: m.timeSeconds, seqNumber: m.seqNumber, data: hex(m) }),
  }),
  (m) => ({
    type: 'application/json; charset=utf-8',
    body: JSON.stringify({
      device: `00${m.deviceId.toLowerCase()}`,
      time: `${m.timeSeconds}`,
      seqNumber: `${m.seqNumber}`,
      data: hex(m).toUpperCase(),
      snr: null,
    }),
  }),
  (m) => ({
    type: 'application/x-www-form-urlencoded',
    body: `device=${m.deviceId}&time=${m.timeSeconds}&data=${hex(m)}&seqNumber=${m.seqNumber}&lat=null`,
  }),
  (m) => ({
    type: 'text/plain',
    body: `device:${m.deviceId}; data:${hex(m)}; time:${m.timeSeconds * 1000}; seqNumber:${m.seqNumber}`,
  }),
]

/** A line of the batch callback, in the columns that the stages set. */
export const batchLine = (m: FleetMessage): string =>
  `${m.deviceId};${m.timeSeconds};false;null;37FF;${hex(m)};null;45;5;-120.50;${m.seqNumber}`

export interface SigfoxDoor {
  readonly url: string
  readonly token: string
  /** How often a callback without a confirmation is sent, and the pause before each retry. */
  readonly tries: number
  readonly pauseMs: number
}

const answerOf = (status: number): Answer =>
  status === 200 || status === 204 ? 'ok' : status >= 400 && status < 500 && status !== 429 ? 'refused' : 'unknown'

/** Sends one callback. Status 0: there was no answer within Sigfox's ten seconds. */
export const postCallback = async (
  door: Pick<SigfoxDoor, 'url' | 'token'>,
  path: string,
  type: string,
  body: string,
) => {
  const sentAtMs = Date.now()
  try {
    const response = await fetch(door.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${door.token}`, 'content-type': type },
      body,
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    return { status: response.status, text, tookMs: Date.now() - sentAtMs }
  } catch {
    return { status: 0, text: '', tookMs: Date.now() - sentAtMs }
  }
}

const postUntilOk = async (door: SigfoxDoor, path: string, type: string, body: string): Promise<Answer> => {
  for (let attempt = 1; ; attempt++) {
    const answer = answerOf((await postCallback(door, path, type, body)).status)
    if (answer !== 'unknown' || attempt >= door.tries) return answer
    await pause(door.pauseMs)
  }
}

/** Sends messages as one batch callback, or a single one in a random spelling, and notes the answer. */
export const sendCallback = async (door: SigfoxDoor, ledger: Ledger, numbers: readonly number[], random: Random) => {
  const messages = numbers.map(ledger.fleet.message)
  const [only] = messages
  const spell = spellings[random.below(spellings.length)] as Spelling
  const { type, body } =
    messages.length === 1 && only ? spell(only) : { type: 'text/plain', body: messages.map(batchLine).join('\n') }
  for (const number of numbers) ledger.answered(number, 'unknown')
  const answer = await postUntilOk(door, messages.length === 1 ? '/sigfox/uplink' : '/sigfox/batch', type, body)
  for (const number of numbers) ledger.answered(number, answer)
}
