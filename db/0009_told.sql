-- Up Migration

-- What each decoded message of an open day tells of its meter's indexes: one row a message, packed (core/told/pack.ts), and
-- its state at the same time: who has a row is decoded. Readings are merged when they are read and when a day is closed.
-- The key begins with the hour (UTC) of the message: with the device first, each row of a day would touch an index page of
-- its own, and behind a checkpoint that is a whole page of WAL.
CREATE TABLE told (
  received_at timestamptz(3) NOT NULL,
  message_id uuid NOT NULL,
  hour smallint NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  told bytea NOT NULL,
  PRIMARY KEY (hour, device_id, message_id)
) PARTITION BY RANGE (message_id);

-- The same of messages that belong to no open day: their day was closed before they came, or they have no clock. Such a row
-- takes the place of what its message has left elsewhere, until a night folds it.
CREATE TABLE told_late (LIKE told, PRIMARY KEY (device_id, message_id));
CREATE INDEX told_late_message ON told_late (message_id);

-- The hour (UTC) of the event time that an id begins with.
CREATE FUNCTION id_hour(id uuid) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
  SELECT (('\x0000'::bytea || substring(uuid_send(id) FROM 1 FOR 6))::bigint / 3600000 % 24)::smallint
$$;

-- Makes the partitions of the open days and of those until `days_ahead` after today (UTC), like `ensure_partitions`.
CREATE OR REPLACE FUNCTION ensure_open_days(days_ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  first_day date := (SELECT (before AT TIME ZONE 'UTC')::date FROM closed_days);
  day date;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sluice.ensure_partitions'));
  FOR day IN SELECT first_day + n FROM generate_series(0, today + days_ahead - first_day) AS n LOOP
    part := 'told_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE told INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE told ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, first_id(day), first_id(day + 1));
  END LOOP;
END
$$;

-- The readings that a row decides by itself: the indexes it tells, and its samples whose period it knows. What needs a
-- neighbour is decided by the program: at once by /v1, and here when the day is closed.
CREATE FUNCTION told_readings(t told_late) RETURNS SETOF reading_late LANGUAGE plpgsql IMMUTABLE ROWS 4 AS $$
DECLARE
  bytes bytea := t.told;
  event_ms bigint := ('\x0000'::bytea || substring(uuid_send(t.message_id) FROM 1 FOR 6))::bigint;
  at integer := 7;
  count integer := get_byte(bytes, 5) * 256 + get_byte(bytes, 6);
  is_run boolean;
  place integer;
  seconds bigint;
  value bigint;
  period bigint;
  base timestamptz;
BEGIN
  IF get_byte(bytes, 0) <> 1 THEN RAISE 'a row of format % is newer than this schema', get_byte(bytes, 0); END IF;
  LOOP
    EXIT WHEN at >= length(bytes);
    is_run := count = 0;
    IF is_run THEN
      EXIT WHEN get_byte(bytes, at) <> 1;
      at := at + 1;
    END IF;
    place := get_byte(bytes, at);
    seconds := ('\x00000000'::bytea || substring(bytes FROM at + 2 FOR 4))::bigint;
    value := ('\x0000'::bytea || substring(bytes FROM at + 6 FOR 6))::bigint;
    base := CASE place >> 4 & 3
      WHEN 0 THEN to_timestamp((event_ms - seconds * 1000) / 1000.0)
      WHEN 1 THEN t.received_at - seconds * interval '1 second'
      ELSE to_timestamp(seconds) END;
    at := at + 11;
    IF NOT is_run THEN
      count := count - 1;
      RETURN NEXT ROW(base, t.received_at, value, t.message_id,
        CASE WHEN place >> 4 & 3 = 1 THEN 'clock_unset' WHEN place >> 2 & 3 = 1 THEN 'derived' ELSE 'measured' END,
        chr(65 + (place & 3)), t.device_id)::reading_late;
    ELSE
      period := ('\x00000000'::bytea || substring(bytes FROM at + 1 FOR 4))::bigint;
      FOR k IN 1..get_byte(bytes, at + 4) * 256 + get_byte(bytes, at + 5) LOOP
        value := (value - ('\x00000000'::bytea || substring(bytes FROM at + 3 + 4 * k FOR 4))::bigint + 4294967296) % 4294967296;
        -- as the program judges times: not before 2015, nor 400 days before or five minutes behind the receipt
        CONTINUE WHEN period = 0 OR base - k * period * interval '1 second' NOT BETWEEN
          greatest(t.received_at - interval '9600 hours', '2015-01-01Z') AND t.received_at + interval '5 minutes';
        RETURN NEXT ROW(base - k * period * interval '1 second', t.received_at, value, t.message_id,
          CASE WHEN place >> 4 & 3 = 1 THEN 'clock_unset' ELSE 'derived' END, chr(65 + (place & 3)), t.device_id)::reading_late;
      END LOOP;
      at := at + 6 + 4 * (get_byte(bytes, at + 4) * 256 + get_byte(bytes, at + 5));
    END IF;
  END LOOP;
END
$$;

-- All readings, merged: by device and channel. Of several at one key the better quality holds, then the higher index.
CREATE OR REPLACE VIEW reading AS
  SELECT read_at, min(received_at)::timestamptz(3) AS received_at,
    (array_agg(index ORDER BY quality DESC, index DESC, message_id))[1] AS index,
    (array_agg(message_id ORDER BY quality DESC, index DESC, message_id))[1] AS message_id,
    max(quality) AS quality, channel, device_id
  FROM (
    SELECT r.read_at, r.received_at, r.index, r.message_id, r.quality, r.channel, t.device_id
    FROM told_late t, told_readings(t) AS r
    UNION ALL
    SELECT r.read_at, r.received_at, r.index, r.message_id, r.quality, r.channel, t.device_id
    FROM told t, told_readings(ROW(t.received_at, t.message_id, t.hour, t.device_id, t.told)::told_late) AS r
    WHERE NOT EXISTS (SELECT FROM told_late l WHERE l.device_id = t.device_id AND l.message_id = t.message_id)
    UNION ALL
    SELECT s.* FROM (
      SELECT read_at, received_at, index, message_id, quality, channel, device_id FROM reading_open
      UNION ALL SELECT read_at, received_at, index, message_id, quality, channel, device_id FROM reading_late
      UNION ALL SELECT r.read_at, r.received_at, r.index, r.message_id, r.quality, d.channel, d.device_id
        FROM reading_day d, unfolded(d) AS r) AS s
    WHERE NOT EXISTS (
      SELECT FROM told_late l WHERE l.device_id = s.device_id AND l.message_id = s.message_id
        AND NOT EXISTS (SELECT FROM told_readings(l) AS r WHERE r.channel = s.channel AND r.read_at = s.read_at))
  ) AS told_or_folded
  GROUP BY device_id, channel, read_at;

-- The first devices behind `after` of which a reading, an event, a reject or a registration is kept, in order. Most sources
-- begin their key with the device: the next one is looked up in each. Of open days each hour has an order of its own.
CREATE FUNCTION devices_behind(after text, most integer) RETURNS TABLE (device_id text) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE known (device_id, n) AS (
    SELECT after COLLATE "C", 0
    UNION ALL
    SELECT least(
      (SELECT min(s.device_id) FROM device s WHERE s.device_id > known.device_id),
      (SELECT min(s.device_id) FROM told_late s WHERE s.device_id > known.device_id),
      (SELECT min(s.device_id) FROM reading_day s WHERE s.device_id > known.device_id),
      (SELECT min(s.device_id) FROM reading_open s WHERE s.device_id > known.device_id),
      (SELECT min(s.device_id) FROM reading_late s WHERE s.device_id > known.device_id),
      (SELECT min(s.device_id) FROM event s WHERE s.device_id > known.device_id),
      (SELECT min(s.device_id) FROM reject s WHERE s.device_id > known.device_id)
    ), n + 1
    FROM known WHERE known.device_id IS NOT NULL AND n < most
  )
  SELECT all_of.device_id FROM (
    SELECT known.device_id FROM known WHERE n > 0 AND known.device_id IS NOT NULL
    UNION
    SELECT of_hour.device_id FROM generate_series(0, 23) AS h (hour), LATERAL (
      SELECT DISTINCT t.device_id FROM told t WHERE t.hour = h.hour::smallint AND t.device_id > after COLLATE "C"
      ORDER BY t.device_id LIMIT most) AS of_hour
  ) AS all_of ORDER BY 1 LIMIT most
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON told, told_late TO sluice_app, sluice_operator;
GRANT SELECT ON told, told_late TO sluice_reader;
GRANT INSERT, UPDATE ON reading_day TO sluice_app, sluice_operator;
GRANT DELETE ON reading_late, reading_open TO sluice_app, sluice_operator;
GRANT SELECT ON reading_late TO sluice_app, sluice_operator, sluice_reader;
