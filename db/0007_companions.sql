-- Up Migration

-- Devices with histories that are timed by the sample period they tell themselves: the registry gives none. Only of these
-- must anything be decoded again when such a period comes late.
CREATE TABLE untimed_device (device_id text COLLATE "C" NOT NULL PRIMARY KEY);

-- Devices that must be decoded again as a whole, because a message came that says what earlier ones meant. A new request
-- has another id: a replay that began before it does not answer it.
CREATE TABLE replay_request (
  device_id text COLLATE "C" NOT NULL PRIMARY KEY,
  request_id uuid NOT NULL DEFAULT gen_random_uuid()
);

GRANT SELECT, INSERT ON untimed_device TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON replay_request TO sluice_app;
GRANT SELECT, DELETE ON untimed_device, replay_request TO sluice_operator;
