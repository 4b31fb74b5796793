-- Messages that came in a minute or more after they were written, by when they came in: their quarters
-- were counted before. The others have no entry, so that storing one costs nothing more.
CREATE INDEX messages_late ON messages (workspace_id, created_us, timestamp_us)
  WHERE created_us - timestamp_us > 60000000;

-- How far it has been looked for late ones, by when they came in.
ALTER TABLE overview_heads ADD COLUMN late_us BIGINT NOT NULL DEFAULT 0;
