-- Who was erased, as keyed hashes of phone numbers and BSUIDs (docs/adr/0015): what they did before that
-- moment is not stored again, and nobody messages them until they write START.
CREATE TABLE erased_identities (
  workspace_id TEXT NOT NULL,
  identity_hash BYTEA NOT NULL,
  erased_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, identity_hash)
) @without_rowid@;

-- One row for each erasure. traces: what raw webhooks are searched for, sealed; empty once that is done.
-- The search goes from next_event to last_event.
CREATE TABLE erasures (
  workspace_id TEXT NOT NULL,
  erasure_id TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  traces BYTEA NOT NULL,
  next_event BIGINT NOT NULL,
  last_event BIGINT NOT NULL,
  events_redacted BIGINT NOT NULL,
  requested_us BIGINT NOT NULL,
  completed_us BIGINT,
  PRIMARY KEY (workspace_id, erasure_id)
) @without_rowid@;
CREATE INDEX erasures_open ON erasures (requested_us) WHERE completed_us IS NULL;

-- An erased message takes its Idempotency-Key along.
CREATE INDEX idempotency_keys_by_message ON idempotency_keys (workspace_id, message_id);
