import type pg from 'pg'
import { replayDevices } from '../../../core/replay/replay-devices.ts'
import type { DecoderPorts } from '../../../core/told/decode-message.ts'
import { log } from '../../process/log.ts'
import { devicesAtOnce, type ReplayRequest, serve } from '../write/replay-requests.ts'
import { postgresReplayStore } from './store.ts'

const wholeDevice = { fromMs: null, toMs: null, profile: null }

/**
 * Replays the devices whose requests workers have left: their own replay failed, or outran the 20 s of their role. None
 * is begun after `budgetMs`, and the order is another each time, so that nobody is always the last. What fails is tried
 * by halves, until it is alone and stays requested.
 * @returns how many devices were replayed
 */
export const replayLeft = async (pool: pg.Pool, decoder: DecoderPorts, budgetMs: number): Promise<number> => {
  const endMs = Date.now() + budgetMs
  const replay = replayDevices({ ...decoder, store: postgresReplayStore(pool) })
  const replaySome = async (requests: readonly ReplayRequest[]): Promise<number> => {
    if (Date.now() >= endMs) return 0
    try {
      await serve(pool, requests, (deviceIds) => replay(deviceIds, wholeDevice, false))
      return requests.length
    } catch (error) {
      const half = requests.length >> 1
      if (half > 0) return (await replaySome(requests.slice(0, half))) + (await replaySome(requests.slice(half)))
      log.error('requested_replay_failed', { device: requests[0]?.device_id, error: String(error) })
      return 0
    }
  }
  const { rows } = await pool.query<ReplayRequest>('SELECT * FROM replay_request ORDER BY random()')
  let replayed = 0
  for (let at = 0; at < rows.length; at += devicesAtOnce)
    replayed += await replaySome(rows.slice(at, at + devicesAtOnce))
  return replayed
}
