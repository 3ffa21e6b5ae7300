import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Clash, ImportCount, RegistryStore } from '../../../core/registry/store.ts'
import { instants, integers, texts, words } from '../sql/arrays.ts'
import { milliseconds } from '../sql/rows.ts'
import { inTransaction } from '../sql/transaction.ts'

export const beginImport =
  (pool: pg.Pool): RegistryStore['beginImport'] =>
  async () => {
    await pool.query(`DELETE FROM device_import WHERE staged_at < now() - interval '1 day'`)
    return randomUUID()
  }

export const stageDevices =
  (pool: pg.Pool): RegistryStore['stageDevices'] =>
  async ({ importId, devices }) => {
    await pool.query(
      `INSERT INTO device_import (import_id, line, device_id, valid_from, valid_to, network, profile,
         weight_millilitres, weight_pulses, sample_period_seconds, time_zone, meter_id)
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
  SELECT line, 'duplicate' AS kind, device_id, first_line, valid_from,
    NULL::timestamptz AS valid_to, NULL::timestamptz AS next_from
  FROM (SELECT line, device_id, valid_from, min(line) OVER (PARTITION BY device_id, valid_from) AS first_line
        FROM device_import WHERE import_id = $1) AS staged
  WHERE line > first_line`

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
  SELECT coalesce(line, next_line) AS line, 'overlap' AS kind, device_id, NULL AS first_line, valid_from, valid_to,
    next_from
  FROM ordered WHERE valid_to > next_from AND coalesce(line, next_line) IS NOT NULL`

export const clashes =
  (pool: pg.Pool): RegistryStore['clashes'] =>
  async ({ importId, most }) => {
    // without statistics PostgreSQL expects no staged rows, and its plan would look up a million of them one by one
    await pool.query('ANALYZE device_import')
    const { rows } = await pool.query<Clash & { all: number }>(
      `SELECT line, kind, device_id AS "deviceId", first_line AS "firstLine", ${milliseconds('valid_from')} AS "validFromMs",
         ${milliseconds('valid_to')} AS "validToMs", ${milliseconds('next_from')} AS "nextFromMs",
         count(*) OVER ()::int AS "all"
       FROM ((${duplicates}) UNION ALL (${overlaps})) AS clash ORDER BY line, kind, valid_from LIMIT $2`,
      [importId, most],
    )
    return { clashes: rows, count: rows[0]?.all ?? 0 }
  }

export const dropImport =
  (pool: pg.Pool): RegistryStore['dropImport'] =>
  async ({ importId }) => {
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

export const applyImport =
  (pool: pg.Pool): RegistryStore['applyImport'] =>
  ({ importId, dryRun }) =>
    inTransaction(pool, async (client) => {
      await client.query('SAVEPOINT before_import')
      const { rows } = await client.query<ImportCount>(upsert, [importId])
      if (dryRun) await client.query('ROLLBACK TO SAVEPOINT before_import')
      await client.query('DELETE FROM device_import WHERE import_id = $1', [importId])
      return rows[0] ?? { added: 0, changed: 0, unchanged: 0 }
    })
