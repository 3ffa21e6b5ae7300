import type pg from 'pg'
import { log } from '../../process/log.ts'
import { texts } from '../sql/arrays.ts'
import { settle } from '../sql/under-way.ts'

/** Ten thousand messages a device is much; as many devices are held in memory at once. */
export const devicesAtOnce = 20

/** After this long no further replay is begun: the batch that asked for it waits. */
const budgetMs = 5_000

/** Keeps that these devices must be replayed; a replay of one that is under way does not answer it. */
export const requestReplay = async (pool: pg.Pool, deviceIds: readonly string[]): Promise<void> => {
  await pool.query(
    `INSERT INTO replay_request (device_id) SELECT * FROM unnest($1::text[]) AS t (device_id) ORDER BY device_id
     ON CONFLICT (device_id) DO UPDATE SET request_id = DEFAULT`,
    [texts([...deviceIds].sort())],
  )
}

export interface ReplayRequest {
  readonly device_id: string
  readonly request_id: string
}

type Replay = (deviceIds: readonly string[]) => Promise<unknown>

/** Replays these devices, and forgets the requests but for those that were made again meanwhile. */
export const serve = async (pool: pg.Pool, requests: readonly ReplayRequest[], replay: Replay): Promise<void> => {
  const deviceIds = requests.map(({ device_id }) => device_id)
  await settle(pool)
  await replay(deviceIds)
  await pool.query(
    `DELETE FROM replay_request WHERE (device_id, request_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))`,
    [deviceIds, requests.map(({ request_id }) => request_id)],
  )
}

const replaySome = async (pool: pg.Pool, replay: Replay) => {
  const { rows } = await pool.query<ReplayRequest>('SELECT * FROM replay_request ORDER BY device_id LIMIT $1', [
    devicesAtOnce,
  ])
  if (rows.length > 0) await serve(pool, rows, replay)
  return rows.length
}

/**
 * Replays devices for which it was requested, some seconds long. What fails stays requested and stops nobody: the batch
 * whose messages asked for it has been written.
 */
export const replayRequested = async (pool: pg.Pool, replay: Replay): Promise<void> => {
  const endMs = Date.now() + budgetMs
  try {
    while ((await replaySome(pool, replay)) > 0 && Date.now() < endMs);
  } catch (error) {
    log.error('requested_replay_failed', { error: String(error) })
  }
}
