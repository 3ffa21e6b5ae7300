-- Up Migration

-- How far the last round of removing old readings came: the next goes on behind this device.
CREATE TABLE retention_round (one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row), device_id text COLLATE "C" NOT NULL);
INSERT INTO retention_round (device_id) VALUES ('');

-- Messages without a clock are removed by the time they were received.
CREATE INDEX message_unclocked_received ON message_unclocked (received_at);

-- Whom the commands connect as, through the operations function: every row, no table. It has no time limit, because a
-- million lines are applied in one statement.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_operator') THEN CREATE ROLE sluice_operator LOGIN; END IF;
  -- but for where it would lock out, as in 0003_roles.sql
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') AND current_setting('sluice.sign_in', true) IS DISTINCT FROM 'secret'
  THEN GRANT rds_iam TO sluice_operator; END IF;
END
$$;
ALTER ROLE sluice_operator SET lock_timeout = '30s';
ALTER ROLE sluice_operator SET jit = off;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON message, decoding, reading, event, reject, flow, device, device_import, replay, replay_device TO sluice_operator;
GRANT SELECT ON raw_horizon, message_unclocked TO sluice_operator;
-- to ANALYZE it
GRANT MAINTAIN ON device_import TO sluice_operator;
