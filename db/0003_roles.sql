-- Up Migration

-- Whom the processes connect as. No passwords: on RDS both sign in with IAM tokens, elsewhere the operator sets one.
-- The limits are the role's, because a session's SET would pin a connection of a database proxy.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_app') THEN CREATE ROLE sluice_app LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_reader') THEN CREATE ROLE sluice_reader LOGIN; END IF;
  -- Where all sign in as one user with a password, that user makes these roles and so is a member of them. Of a member of
  -- rds_iam, through others too, RDS takes tokens only: the grant would lock it out.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') AND current_setting('sluice.sign_in', true) IS DISTINCT FROM 'secret'
  THEN GRANT rds_iam TO sluice_app, sluice_reader; END IF;
END
$$;

ALTER ROLE sluice_app SET statement_timeout = '20s';
ALTER ROLE sluice_app SET lock_timeout = '5s';
ALTER ROLE sluice_app SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE sluice_app SET jit = off;
ALTER ROLE sluice_reader SET statement_timeout = '20s';
ALTER ROLE sluice_reader SET default_transaction_read_only = on;
ALTER ROLE sluice_reader SET jit = off;

GRANT SELECT, INSERT, UPDATE, DELETE ON message, decoding, reading, event, reject, flow TO sluice_app;
GRANT SELECT ON device TO sluice_app;
GRANT SELECT ON message, decoding, reading, event, reject, device, flow TO sluice_reader;
