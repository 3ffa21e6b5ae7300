-- Up Migration

-- In the order of preference: the later word wins a merge.
CREATE TYPE reading_quality AS ENUM ('clock_unset', 'derived', 'measured');

-- The cumulative index of a meter's channel at an instant: the merge of all messages that told of it.
CREATE TABLE reading (
  read_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  index bigint NOT NULL,
  message_id uuid NOT NULL,
  quality reading_quality NOT NULL,
  channel text COLLATE "C" NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (device_id, channel, read_at)
);

-- What a device reports beside its index. The value (its unit follows from the kind) is part of the key, so that the
-- set of rows does not depend on the order of arrival.
CREATE TABLE event (
  at timestamptz(3) NOT NULL,
  value bigint NOT NULL,
  message_id uuid,
  device_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  PRIMARY KEY (device_id, at, kind, channel, value)
);

-- What could not be used, with its bytes and the reason. The id is a hash of what was refused, where and when: a
-- redelivery finds it again.
CREATE TABLE reject (
  id uuid NOT NULL PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  message_id uuid,
  lane lane NOT NULL,
  stage text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  device_id text COLLATE "C",
  bytes bytea NOT NULL,
  resolved_at timestamptz(3)
);
CREATE INDEX reject_at ON reject (at, id);
CREATE INDEX reject_device ON reject (device_id, at) WHERE device_id IS NOT NULL;
CREATE INDEX reject_message ON reject (message_id) WHERE message_id IS NOT NULL;

-- The registry: what is known of a device from an instant on. A meter that is swapped gets a new row.
CREATE TABLE device (
  device_id text COLLATE "C" NOT NULL,
  valid_from timestamptz(3) NOT NULL,
  network lane NOT NULL,
  profile text COLLATE "C" NOT NULL,
  -- millilitres per pulse as a fraction: 1000 / 450 is 450 pulses a litre
  weight_millilitres integer NOT NULL CHECK (weight_millilitres > 0),
  weight_pulses integer NOT NULL CHECK (weight_pulses > 0),
  sample_period_seconds integer CHECK (sample_period_seconds > 0),
  time_zone text NOT NULL,
  PRIMARY KEY (device_id, valid_from)
);

-- Conservation: counted in the transaction that writes the rows. Each transaction adds to one of 16 rows of its lane,
-- so that workers of one lane do not wait for each other's commit; the sum over the shards is the truth.
CREATE TABLE flow (
  lane lane NOT NULL,
  shard smallint NOT NULL,
  raw_received bigint NOT NULL DEFAULT 0,
  raw_stored bigint NOT NULL DEFAULT 0,
  raw_duplicates bigint NOT NULL DEFAULT 0,
  raw_rejected bigint NOT NULL DEFAULT 0,
  pulse_decoded bigint NOT NULL DEFAULT 0,
  pulse_rejected bigint NOT NULL DEFAULT 0,
  readings bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (lane, shard)
) WITH (fillfactor = 50);
INSERT INTO flow (lane, shard)
  SELECT lane, shard FROM unnest(enum_range(NULL::lane)) AS lane, generate_series(0, 15) AS shard;
