import type pg from 'pg'
import type { RawItem } from '../../core/message/uplink.ts'
import { type seeded, sigfoxUplink } from './traffic.ts'

type Random = ReturnType<typeof seeded>

const hourSeconds = 3_600
const adeunis = ['adeunis-pulse@1', 'adeunis-pulse@2', 'adeunis-pulse@3', 'adeunis-pulse@4', 'icemeter-pulse@1']
const dragino = ['dragino-sw3l-nb', 'dragino-cpn01-nb', 'adeunis-pulse-nbiot', 'adeunis-pulse@3', 'no-such-profile']

/** Gives devices other registrations: one, several with validity intervals, ended ones, or none at all. */
export const shuffleRegistry = async (
  pool: pg.Pool,
  random: Random,
  deviceIds: readonly string[],
  nowSeconds: number,
) => {
  await pool.query('DELETE FROM device')
  for (const deviceId of deviceIds) {
    const count = random.below(3)
    const network = deviceId.length >= 15 ? 'nbiot' : 'sigfox'
    const names = network === 'nbiot' ? dragino : adeunis
    for (let n = 0; n < count; n++) {
      const from = nowSeconds - 40 * 86_400 + n * 86_400 * 40 - random.below(5) * hourSeconds
      const to = random.below(3) === 0 ? new Date((from + 86_400 * 39 + random.below(86_400 * 2)) * 1000) : null
      const period = [null, 60, 3_600][random.below(3)]
      await pool.query(
        `INSERT INTO device (device_id, valid_from, valid_to, network, profile, weight_millilitres, weight_pulses,
           sample_period_seconds, time_zone) VALUES ($1, $2, $3, $4, $5, 1000, 1, $6, 'UTC') ON CONFLICT DO NOTHING`,
        [deviceId, new Date(from * 1000), to, network, names[random.below(names.length)], period],
      )
    }
  }
}

/** Frames of devices 0 to 2 whose meaning depends on the version and on the sample period: 0x5A with its deltas. */
export const samplingFrames = (random: Random, nowSeconds: number, count: number): RawItem[] =>
  Array.from({ length: count }, (_, n): RawItem => {
    const time = nowSeconds - random.below(6) * hourSeconds
    const payload = Buffer.alloc(12)
    payload[0] = [0x5a, 0x5b, 0x46][random.below(3)] ?? 0x5a
    payload.writeUInt32BE(100 + random.below(4), 2)
    for (let at = 6; at < 12; at += 2) payload.writeUInt16BE(random.below(3), at)
    return { ...sigfoxUplink(random.below(3), time, 0), seqNumber: 200 + n, payload }
  })
