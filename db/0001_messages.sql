-- Up Migration

CREATE TYPE lane AS ENUM ('sigfox', 'nbiot');
CREATE TYPE uplink_kind AS ENUM ('sigfox-data', 'adeunis-nbiot', 'dragino-nb');

-- Raw messages, each once. The id begins with the event time in milliseconds (48 bits) and goes on with a hash of the
-- message's identity, so the primary key alone keeps duplicates out, new rows go to the end of the index, and a range
-- of ids is a range of time: the partitions are days. Columns of 16, 8 and 4 bytes first: no padding between them.
CREATE TABLE message (
  id uuid NOT NULL PRIMARY KEY,
  received_at timestamptz(3) NOT NULL,
  seq_number integer NOT NULL,
  kind uplink_kind NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  payload bytea NOT NULL
) PARTITION BY RANGE (id);

-- What became of a message in the pulse stage. No row: pending. Insert-only beside `message`, because an UPDATE of
-- the message would write the whole row a second time into a partition that never reuses the space.
CREATE TYPE decoding_state AS ENUM ('rejected', 'decoded');
CREATE TABLE decoding (
  message_id uuid NOT NULL PRIMARY KEY,
  state decoding_state NOT NULL
) PARTITION BY RANGE (message_id);

-- The lowest id of a day.
CREATE FUNCTION first_id(day date) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT rpad(lpad(to_hex((extract(epoch FROM day)::bigint) * 1000), 12, '0'), 32, '0')::uuid
$$;

-- The sentinel partition: messages whose device has no clock, or one that says a time before 2015. Their ids begin
-- with zeros, because the receive time may not be part of a key.
CREATE TABLE message_unclocked PARTITION OF message FOR VALUES FROM (MINVALUE) TO ('014aa2ca-b000-0000-0000-000000000000');
CREATE TABLE decoding_unclocked PARTITION OF decoding FOR VALUES FROM (MINVALUE) TO ('014aa2ca-b000-0000-0000-000000000000');

-- Makes the partitions of all days from `days_back` before to `days_ahead` after today (UTC) that are not there.
-- Idempotent, safe to run by several at once: the lock is the transaction's. Each table is made alone and then attached:
-- that waits for no reader and stops no writer, while CREATE TABLE ... PARTITION OF locks the whole of `message` against
-- both, behind whoever reads it at the moment. Returns how many days it made.
CREATE FUNCTION ensure_partitions(days_back integer, days_ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  day date;
  parent text;
  part text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sluice.ensure_partitions'));
  FOR day IN SELECT today + n FROM generate_series(-days_back, days_ahead) AS n LOOP
    CONTINUE WHEN to_regclass('message_' || to_char(day, 'YYYYMMDD')) IS NOT NULL;
    FOREACH parent IN ARRAY ARRAY['message', 'decoding'] LOOP
      part := parent || '_' || to_char(day, 'YYYYMMDD');
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, part, first_id(day), first_id(day + 1));
    END LOOP;
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
