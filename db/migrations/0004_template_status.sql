-- What a status webhook tells of a template: why, and since when, by Meta's time.
ALTER TABLE templates ADD COLUMN status_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE templates ADD COLUMN status_us BIGINT NOT NULL DEFAULT 0;
