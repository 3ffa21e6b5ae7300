import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Registration } from '../../../core/api/store.ts'
import { instants, integers, texts, words } from '../sql/arrays.ts'
import { inTransaction } from '../sql/transaction.ts'

/** What the registry says of a device from an instant on. */
export interface RegisteredDevice extends Registration {
  readonly deviceId: string
}

/** A registration as a file's line gives it. What is null of the meter and the end is left as it is known. */
export interface StagedDevice extends RegisteredDevice {
  readonly line: number
}

/** A line that cannot be imported. */
export interface LineFault {
  readonly line: number
  readonly sentence: string
}

/** How many registrations an import found new, different, and as they were. */
export interface ImportCount {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

/** Begins an import; what others left behind a day ago is removed. @returns its id */
export const beginImport = async (pool: pg.Pool): Promise<string> => {
  await pool.query(`DELETE FROM device_import WHERE staged_at < now() - interval '1 day'`)
  return randomUUID()
}

/** Hands in some lines. The registry is not touched. */
export const stageDevices = async (
  pool: pg.Pool,
  { importId, devices }: { importId: string; devices: readonly StagedDevice[] },
): Promise<void> => {
  await pool.query(
    `INSERT INTO device_import (import_id, line, device_id, valid_from, valid_to, network, profile, weight_millilitres,
       weight_pulses, sample_period_seconds, time_zone, meter_id)
     SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::lane[], $7::text[],
       $8::integer[], $9::integer[], $10::integer[], $11::text[], $12::text[])`,
    [
      importId,
      integers(devices.map((device) => device.line)),
      texts(devices.map((device) => device.deviceId)),
      instants(devices.map((device) => device.validFromMs)),
      instants(devices.map((device) => device.validToMs)),
      words(devices.map((device) => device.network)),
      texts(devices.map((device) => device.profile)),
      integers(devices.map((device) => device.weightMillilitres)),
      integers(devices.map((device) => device.weightPulses)),
      integers(devices.map((device) => device.samplePeriodSeconds)),
      texts(devices.map((device) => device.timeZone)),
      texts(devices.map((device) => device.meterId)),
    ],
  )
}

const duplicates = `
  SELECT line, 'device ' || device_id || ' with this valid_from is on line ' || first_line || ' already' AS sentence
  FROM (SELECT line, device_id, min(line) OVER (PARTITION BY device_id, valid_from) AS first_line
        FROM device_import WHERE import_id = $1) AS staged
  WHERE line > first_line`

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

const overlaps = `
  WITH staged AS (
    SELECT i.device_id, i.valid_from, coalesce(i.valid_to, d.valid_to) AS valid_to, i.line
    FROM device_import i LEFT JOIN device d USING (device_id, valid_from) WHERE i.import_id = $1
  ), together AS (
    SELECT * FROM staged
    UNION ALL
    SELECT d.device_id, d.valid_from, d.valid_to, NULL FROM device d
    WHERE d.device_id IN (SELECT device_id FROM staged)
      AND NOT EXISTS (SELECT FROM staged s WHERE s.device_id = d.device_id AND s.valid_from = d.valid_from)
  ), ordered AS (
    SELECT *, lead(valid_from) OVER next AS next_from, lead(line) OVER next AS next_line FROM together
    WINDOW next AS (PARTITION BY device_id ORDER BY valid_from)
  )
  SELECT coalesce(line, next_line) AS line, 'the registration of device ' || device_id || ' from ' || ${iso('valid_from')}
    || ' ends at ' || ${iso('valid_to')} || ', after the next begins at ' || ${iso('next_from')} AS sentence
  FROM ordered WHERE valid_to > next_from AND coalesce(line, next_line) IS NOT NULL`

/** What is wrong with the staged lines together: the first faults by line, and how many there are. */
export const checkImport = async (
  pool: pg.Pool,
  { importId, most }: { importId: string; most: number },
): Promise<{ faults: LineFault[]; count: number }> => {
  // a statement over a million new rows that PostgreSQL takes for none would go through them one by one
  await pool.query('ANALYZE device_import')
  const { rows } = await pool.query<LineFault & { count: number }>(
    `SELECT line, sentence, count(*) OVER ()::int AS count FROM (
       (${duplicates}) UNION ALL (${overlaps})) AS fault ORDER BY line, sentence LIMIT $2`,
    [importId, most],
  )
  return { faults: rows.map(({ line, sentence }) => ({ line, sentence })), count: rows[0]?.count ?? 0 }
}

/** Forgets the staged lines. */
export const dropImport = async (pool: pg.Pool, { importId }: { importId: string }): Promise<void> => {
  await pool.query('DELETE FROM device_import WHERE import_id = $1', [importId])
}

const facts = ['network', 'profile', 'weight_millilitres', 'weight_pulses', 'sample_period_seconds', 'time_zone']
const kept = ['valid_to', 'meter_id']
const names = ['device_id', 'valid_from', ...facts, ...kept].join(', ')
const changed = [
  ...facts.map((name) => `excluded.${name}`),
  ...kept.map((name) => `coalesce(excluded.${name}, d.${name})`),
]

const upsert = `
  WITH written AS (
    INSERT INTO device AS d (${names})
    SELECT ${names} FROM device_import WHERE import_id = $1 ORDER BY device_id, valid_from
    ON CONFLICT (device_id, valid_from) DO UPDATE SET (${[...facts, ...kept].join(', ')}) = ROW (${changed.join(', ')})
    WHERE (${[...facts, ...kept].map((name) => `d.${name}`).join(', ')}) IS DISTINCT FROM (${changed.join(', ')})
    RETURNING old.device_id IS NULL AS added
  )
  SELECT count(*) FILTER (WHERE added)::int AS added, count(*) FILTER (WHERE NOT added)::int AS changed,
    ((SELECT count(*) FROM device_import WHERE import_id = $1) - count(*))::int AS unchanged
  FROM written`

/**
 * Adds the staged registrations and overwrites those of the same device and instant, all of them or none. A dry run
 * tells what would happen. The staged lines are forgotten.
 */
export const applyImport = (
  pool: pg.Pool,
  { importId, dryRun }: { importId: string; dryRun: boolean },
): Promise<ImportCount> =>
  inTransaction(pool, async (client) => {
    await client.query('SAVEPOINT before_import')
    const { rows } = await client.query<ImportCount>(upsert, [importId])
    if (dryRun) await client.query('ROLLBACK TO SAVEPOINT before_import')
    await client.query('DELETE FROM device_import WHERE import_id = $1', [importId])
    return rows[0] ?? { added: 0, changed: 0, unchanged: 0 }
  })
