-- The first answer given under an Idempotency-Key, as JSON; empty until it was given.
ALTER TABLE idempotency_keys ADD COLUMN answer TEXT NOT NULL DEFAULT '';
