-- Up Migration

-- Readings stand as rows while their day (UTC) is open. A day that is over becomes one row a device and channel. What is
-- told of such a day afterwards stands as rows again, until the next night. All readings of a device, channel and day
-- are in one of the three at a time.

-- Rows of before this are written to `reading_late` alone; upkeep moves it on while nobody is writing.
CREATE TABLE closed_days (one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row), before timestamptz(3) NOT NULL);

-- What is there already is late: upkeep folds it, some devices at a time.
ALTER TABLE reading RENAME TO reading_late;
ALTER INDEX reading_pkey RENAME TO reading_late_pkey;

-- Open days, a partition each: closing one ends with a table that is dropped, and not with dead rows.
CREATE TABLE reading_open (LIKE reading_late, PRIMARY KEY (device_id, channel, read_at)) PARTITION BY RANGE (read_at);

-- A reading may be five minutes ahead of the time it was received.
INSERT INTO closed_days (before)
  SELECT ((now() + CASE WHEN EXISTS (SELECT FROM reading_late) THEN interval '1 day 1 hour' ELSE interval '-1 day' END)
    AT TIME ZONE 'UTC')::date::timestamp AT TIME ZONE 'UTC';

-- The readings of a device, channel and day in the order of their time. Differences in four bytes (no more where they do
-- not fit), and qualities only where not all are `measured`.
CREATE TABLE reading_day (
  first bigint NOT NULL,
  day date NOT NULL,
  -- milliseconds since midnight
  at integer[] NOT NULL,
  -- index behind `first`
  step integer[],
  wide_step bigint[],
  -- milliseconds from when it was read to when it was received
  delay integer[],
  wide_delay bigint[],
  quality reading_quality[],
  message_id uuid[] NOT NULL,
  channel text COLLATE "C" NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (device_id, channel, day),
  CHECK (num_nonnulls(step, wide_step) = 1 AND num_nonnulls(delay, wide_delay) = 1)
);

-- Whose rows were taken out of a day while it was about to be closed.
CREATE TABLE reopened_day (
  day date NOT NULL,
  channel text COLLATE "C" NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (day, device_id, channel)
);

-- The readings of a row of a closed day.
CREATE FUNCTION unfolded(d reading_day) RETURNS SETOF reading_late LANGUAGE sql IMMUTABLE ROWS 24 AS $$
  SELECT d.day::timestamp AT TIME ZONE 'UTC' + s.at * interval '1 millisecond',
    d.day::timestamp AT TIME ZONE 'UTC' + (s.at + coalesce(s.delay, s.wide_delay)) * interval '1 millisecond',
    d.first + coalesce(s.step, s.wide_step), s.message_id, coalesce(s.quality, 'measured'), d.channel, d.device_id
  FROM unnest(d.at, d.step, d.wide_step, d.delay, d.wide_delay, d.quality, d.message_id)
    AS s (at, step, wide_step, delay, wide_delay, quality, message_id)
$$;

-- All readings: whoever reads asks this one, by device and channel. Workers of before cannot write it: their batches come
-- again until they are replaced.
CREATE VIEW reading AS
  SELECT * FROM reading_open UNION ALL SELECT * FROM reading_late
  UNION ALL SELECT r.* FROM reading_day d, unfolded(d) AS r;

-- Whoever has readings, in an order that the least id behind another is found by.
CREATE VIEW reading_device AS
  SELECT device_id FROM reading_open UNION ALL SELECT device_id FROM reading_late UNION ALL SELECT device_id FROM reading_day;

-- Makes the partitions of the open days and of those until `days_ahead` after today (UTC), like `ensure_partitions`.
CREATE FUNCTION ensure_open_days(days_ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  first_day date := (SELECT (before AT TIME ZONE 'UTC')::date FROM closed_days);
  day date;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sluice.ensure_partitions'));
  FOR day IN SELECT first_day + n FROM generate_series(0, today + days_ahead - first_day) AS n LOOP
    part := 'reading_open_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE reading_open INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE reading_open ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
  END LOOP;
END
$$;

-- Only the owner, which upkeep signs in as, can close a day: nobody else writes rows of closed days. Others take them
-- apart; UPDATE of a column is what locking a row asks for.
GRANT SELECT, INSERT, UPDATE, DELETE ON reading_open TO sluice_app, sluice_operator;
GRANT SELECT, UPDATE (day), DELETE ON reading_day TO sluice_app, sluice_operator;
GRANT INSERT ON reopened_day TO sluice_app, sluice_operator;
GRANT SELECT ON closed_days, reading, reading_device TO sluice_app, sluice_operator, sluice_reader;
GRANT SELECT ON reading_open, reading_day TO sluice_reader;
