import type pg from 'pg'
import { log } from '../../log.ts'
import { texts } from '../arrays.ts'
import { settle } from '../under-way.ts'

const devicesAtOnce = 20

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

interface Request {
  device_id: string
  request_id: string
}

const replaySome = async (pool: pg.Pool, replay: (deviceIds: readonly string[]) => Promise<unknown>) => {
  const { rows } = await pool.query<Request>('SELECT * FROM replay_request ORDER BY device_id LIMIT $1', [
    devicesAtOnce,
  ])
  if (rows.length === 0) return 0
  const deviceIds = rows.map(({ device_id }) => device_id)
  await settle(pool)
  await replay(deviceIds)
  await pool.query(
    `DELETE FROM replay_request WHERE (device_id, request_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))`,
    [deviceIds, rows.map(({ request_id }) => request_id)],
  )
  return rows.length
}

/**
 * Replays devices for which it was requested, some seconds long. What fails stays requested and stops nobody: the batch
 * whose messages asked for it has been written.
 */
export const replayRequested = async (
  pool: pg.Pool,
  replay: (deviceIds: readonly string[]) => Promise<unknown>,
): Promise<void> => {
  const endMs = Date.now() + budgetMs
  try {
    while ((await replaySome(pool, replay)) > 0 && Date.now() < endMs);
  } catch (error) {
    log.error('requested_replay_failed', { error: String(error) })
  }
}
