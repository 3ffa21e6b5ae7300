-- Up Migration

-- A registration holds until the next one of its device, or until here: a meter that was taken down.
ALTER TABLE device ADD COLUMN valid_to timestamptz(3) CHECK (valid_to > valid_from);
-- The water meter that the device is mounted on, as its operator names it.
ALTER TABLE device ADD COLUMN meter_id text COLLATE "C";

-- An import on its way: lines are handed in piece by piece, and applied all at once or not at all.
CREATE UNLOGGED TABLE device_import (
  import_id uuid NOT NULL,
  line integer NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  valid_from timestamptz(3) NOT NULL,
  valid_to timestamptz(3),
  network lane NOT NULL,
  profile text COLLATE "C" NOT NULL,
  weight_millilitres integer NOT NULL,
  weight_pulses integer NOT NULL,
  sample_period_seconds integer,
  time_zone text NOT NULL,
  meter_id text COLLATE "C",
  staged_at timestamptz NOT NULL DEFAULT now()
);

-- A replay on its way: the devices that are still to be decoded, and what was found so far. Kept, so that a replay that
-- was interrupted goes on where it stopped.
CREATE TABLE replay (
  replay_id uuid NOT NULL PRIMARY KEY,
  -- what was asked for, as canonical JSON
  selection text NOT NULL UNIQUE,
  devices integer NOT NULL,
  report jsonb NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE TABLE replay_device (
  replay_id uuid NOT NULL REFERENCES replay ON DELETE CASCADE,
  device_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (replay_id, device_id)
);

-- Raw messages of before were removed: what they left can no longer be decoded again.
CREATE TABLE raw_horizon (one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row), before timestamptz(3) NOT NULL);
INSERT INTO raw_horizon (before) VALUES ('-infinity');

-- The messages of a device. A day's partition gets its index when the day is over (upkeep does it): written row by row
-- in the order of arrival, it would cost more than the row itself. The sentinel partition is in no order anyway.
CREATE INDEX message_unclocked_device ON message_unclocked (device_id);

-- What waits for somebody to look at it.
CREATE INDEX reject_open ON reject (reason, device_id) WHERE resolved_at IS NULL;

GRANT SELECT ON replay, raw_horizon TO sluice_app, sluice_reader;
