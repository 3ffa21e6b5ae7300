import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { addReports, emptyReport, type ReplayReport, replayDevices } from '../../../core/replay/replay-devices.ts'
import type { DecoderPorts } from '../../../core/told/decode-message.ts'
import { inTransaction } from '../sql/transaction.ts'
import { settle } from '../sql/under-way.ts'
import { devicesStatement, type Selection, selectionText } from './selection.ts'
import { postgresReplayStore } from './store.ts'

/** A replay on its way. It stands in the database, so that whoever starts the same again goes on with it. */
export interface ReplayJob {
  readonly replayId: string
  readonly devices: number
  readonly remaining: number
  readonly report: ReplayReport
}

/** Ten thousand messages a device is much; as many devices are held in memory at once. */
const devicesAtOnce = 20

/** A call comes back about this often to say how far it is. */
const callMs = 2_000

interface JobRow {
  replay_id: string
  devices: number
  report: ReplayReport
}

const jobOf = ({ replay_id: replayId, devices, report }: JobRow): ReplayJob => ({
  replayId,
  devices,
  remaining: devices - report.devices,
  report,
})

/**
 * Begins a replay, or finds the one of the same selection that was interrupted. A dry run always begins anew: what it
 * found before may not be so any more. Batches that were loaded before, with another registry maybe, are waited for.
 */
export const startReplay = async (
  pool: pg.Pool,
  { profiles, defaultProfile }: DecoderPorts,
  selection: Selection,
  dryRun: boolean,
): Promise<ReplayJob> => {
  await settle(pool)
  return inTransaction(pool, async (client) => {
    const text = selectionText(selection, dryRun)
    await client.query("SELECT pg_advisory_xact_lock(hashtext('sluice.replay'))")
    if (dryRun) await client.query('DELETE FROM replay WHERE selection = $1', [text])
    const { rows } = await client.query<JobRow>('SELECT * FROM replay WHERE selection = $1', [text])
    const [known] = rows
    if (known) return jobOf(known)
    const replayId = randomUUID()
    await client.query('INSERT INTO replay (replay_id, selection, devices, report) VALUES ($1, $2, 0, $3)', [
      replayId,
      text,
      JSON.stringify(emptyReport),
    ])
    const { text: found, values } = devicesStatement(selection, profiles, defaultProfile)
    const { rowCount } = await client.query(
      `INSERT INTO replay_device SELECT $1::uuid, device_id FROM (${found}) AS found (device_id)`,
      [replayId, ...values],
    )
    const devices = rowCount ?? 0
    await client.query('UPDATE replay SET devices = $2 WHERE replay_id = $1', [replayId, devices])
    return { replayId, devices, remaining: devices, report: emptyReport }
  })
}

const nextDevices = async (pool: pg.Pool, replayId: string): Promise<string[]> => {
  const { rows } = await pool.query<{ device_id: string }>(
    'SELECT device_id FROM replay_device WHERE replay_id = $1 ORDER BY device_id LIMIT $2',
    [replayId, devicesAtOnce],
  )
  return rows.map(({ device_id }) => device_id)
}

/** Ticks devices off. Those that were replayed but not ticked off are replayed again, which changes nothing. */
const tickOff = (pool: pg.Pool, replayId: string, deviceIds: readonly string[], found: ReplayReport) =>
  inTransaction(pool, async (client): Promise<ReplayJob | null> => {
    const { rows } = await client.query<JobRow>('SELECT * FROM replay WHERE replay_id = $1 FOR UPDATE', [replayId])
    const [job] = rows
    if (!job) return null
    const ticked = await client.query('DELETE FROM replay_device WHERE replay_id = $1 AND device_id = ANY($2)', [
      replayId,
      deviceIds,
    ])
    // another process may be at the same replay, and have counted these
    const report = ticked.rowCount === deviceIds.length ? addReports(job.report, found) : job.report
    await client.query('UPDATE replay SET report = $2 WHERE replay_id = $1', [replayId, JSON.stringify(report)])
    const now = jobOf({ ...job, report })
    const isOver = now.remaining === 0 || deviceIds.length === 0
    if (isOver) await client.query('DELETE FROM replay WHERE replay_id = $1', [replayId])
    return isOver ? { ...now, remaining: 0 } : now
  })

/** Goes on with a replay for a few seconds. With none remaining it is over and forgotten. */
export const continueReplay = async (
  pool: pg.Pool,
  decoder: DecoderPorts,
  { job, selection, dryRun }: { job: ReplayJob; selection: Selection; dryRun: boolean },
): Promise<ReplayJob> => {
  const { replayId } = job
  const { fromMs, toMs, profile } = selection
  const replay = replayDevices({ ...decoder, store: postgresReplayStore(pool) })
  const endMs = Date.now() + callMs
  for (let now = job; ; ) {
    const deviceIds = await nextDevices(pool, replayId)
    const found = deviceIds.length === 0 ? emptyReport : await replay(deviceIds, { fromMs, toMs, profile }, dryRun)
    // without a job somebody else has finished it
    now = (await tickOff(pool, replayId, deviceIds, found)) ?? { ...now, remaining: 0 }
    if (now.remaining === 0 || Date.now() > endMs) return now
  }
}
