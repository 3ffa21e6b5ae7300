-- Up Migration

-- Nothing here may use the word: a value that is new to an enum can be used once its transaction has ended.
ALTER TYPE uplink_kind ADD VALUE IF NOT EXISTS 'elko-nb';
