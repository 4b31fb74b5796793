-- Foundation schema. One text for SQLite and PostgreSQL; @...@ macros are explained in src/db/README.md.
-- Every workspace table's primary key begins with workspace_id. Ids: UUIDv7 text, or Meta's own text.
-- Times: BIGINT microseconds UTC, suffix _us. Booleans: BIGINT 0 or 1. JSON: TEXT.

-- Raw webhook bodies, append only. A row is never changed; the queue knows what is still to do.
CREATE TABLE webhook_events (
  event_id @int64_key@ PRIMARY KEY,
  received_us BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  signature TEXT NOT NULL,
  body BYTEA NOT NULL
);

-- Work to do. The key is the order of taking, so that no second index is needed. A job may stand for
-- several items of one kind (webhooks that were stored together); counts are counts of items.
CREATE TABLE jobs (
  queue TEXT NOT NULL,
  priority BIGINT NOT NULL,
  run_at_us BIGINT NOT NULL,
  id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  workspace_id TEXT,
  subject TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  payload TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  items BIGINT NOT NULL,
  PRIMARY KEY (queue, priority, run_at_us, id)
) @without_rowid@;

CREATE TABLE dead_letters (
  id @int64_key@ PRIMARY KEY,
  queue TEXT NOT NULL,
  kind TEXT NOT NULL,
  priority BIGINT NOT NULL,
  workspace_id TEXT,
  subject TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  payload TEXT NOT NULL,
  last_error TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  died_us BIGINT NOT NULL
);
CREATE INDEX dead_letters_by_workspace ON dead_letters (workspace_id, id);
CREATE INDEX dead_letters_by_subject ON dead_letters (subject, id);

CREATE TABLE workspaces (
  workspace_id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_us BIGINT NOT NULL
);

CREATE TABLE users (
  user_id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_us BIGINT NOT NULL
);

CREATE TABLE members (
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) @without_rowid@;
CREATE INDEX members_by_user ON members (user_id, workspace_id);

-- Refresh sessions: the cookie's secret is stored hashed, replaced at each use.
CREATE TABLE sessions (
  session_id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  refresh_hash BYTEA NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL,
  revoked_us BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id, session_id);

-- Vault: one data key per workspace, wrapped by the key-encryption key; secrets sealed by the data key.
CREATE TABLE vault_keys (
  workspace_id TEXT NOT NULL PRIMARY KEY,
  master_key_id TEXT NOT NULL,
  wrapped BYTEA NOT NULL,
  created_us BIGINT NOT NULL
);
CREATE TABLE vault_secrets (
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  fingerprint TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, name)
) @without_rowid@;

-- Audit: hash-chained per workspace; the head holds the newest entry's number and hash.
CREATE TABLE audit_heads (
  workspace_id TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL
);
CREATE TABLE audit_logs (
  workspace_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  details TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  request_id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (workspace_id, seq)
) @without_rowid@;
CREATE INDEX audit_logs_by_resource ON audit_logs (workspace_id, resource_id, seq);
CREATE INDEX audit_logs_by_action ON audit_logs (workspace_id, action, seq);

-- Business numbers. phone_number_id is unique over all workspaces: it routes webhooks.
CREATE TABLE phone_numbers (
  workspace_id TEXT NOT NULL,
  phone_number_id TEXT NOT NULL,
  waba_id TEXT NOT NULL,
  display_phone TEXT NOT NULL,
  verified_name TEXT NOT NULL,
  quality_rating TEXT NOT NULL,
  status TEXT NOT NULL,
  status_reason TEXT NOT NULL,
  webhooks_subscribed BIGINT NOT NULL,
  registered BIGINT NOT NULL,
  messages_per_second BIGINT NOT NULL,
  connected_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, phone_number_id)
) @without_rowid@;
CREATE UNIQUE INDEX phone_numbers_routing ON phone_numbers (phone_number_id);

CREATE TABLE templates (
  workspace_id TEXT NOT NULL,
  waba_id TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  meta_id TEXT NOT NULL,
  category TEXT NOT NULL,
  status TEXT NOT NULL,
  parameter_format TEXT NOT NULL,
  components TEXT NOT NULL,
  updated_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, waba_id, name, language)
) @without_rowid@;

CREATE TABLE contacts (
  workspace_id TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_by_hand BIGINT NOT NULL,
  phone TEXT NOT NULL,
  tags TEXT NOT NULL,
  attributes TEXT NOT NULL,
  opted_out BIGINT NOT NULL,
  opt_out_decided_us BIGINT NOT NULL,
  opted_out_us BIGINT,
  opted_out_via TEXT NOT NULL,
  opted_back_in_us BIGINT,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, contact_id)
) @without_rowid@;

-- Every way to recognise a customer; seen_us is the WhatsApp time of the claim that set it.
-- kind: phone (wa_id digits), bsuid, username.
CREATE TABLE contact_identities (
  workspace_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  seen_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, kind, value)
) @without_rowid@;
CREATE INDEX contact_identities_by_contact ON contact_identities (workspace_id, contact_id);

CREATE TABLE conversations (
  workspace_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  phone_number_id TEXT NOT NULL,
  status TEXT NOT NULL,
  assignee_id TEXT,
  unread_count BIGINT NOT NULL,
  read_up_to_us BIGINT NOT NULL,
  resolved_us BIGINT NOT NULL,
  last_inbound_us BIGINT NOT NULL,
  profile_name TEXT NOT NULL,
  profile_us BIGINT NOT NULL,
  last_message_us BIGINT NOT NULL,
  last_message_id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, conversation_id)
) @without_rowid@;
CREATE UNIQUE INDEX conversations_by_contact
  ON conversations (workspace_id, contact_id, phone_number_id);
CREATE INDEX conversations_by_time ON conversations (workspace_id, last_message_us, conversation_id);

-- wa_message_id is empty until Meta has named the message. Times of each status are kept apart, so that
-- statuses may come in any order and any number of times.
CREATE TABLE messages (
  workspace_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  phone_number_id TEXT NOT NULL,
  wa_message_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  text TEXT NOT NULL,
  content TEXT NOT NULL,
  purpose TEXT NOT NULL,
  timestamp_us BIGINT NOT NULL,
  sent_us BIGINT,
  delivered_us BIGINT,
  read_us BIGINT,
  failed_us BIGINT,
  error_code BIGINT,
  error_message TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, message_id)
) @without_rowid@;
CREATE UNIQUE INDEX messages_by_wamid ON messages (workspace_id, phone_number_id, wa_message_id)
  WHERE wa_message_id <> '';
CREATE INDEX messages_by_conversation
  ON messages (workspace_id, conversation_id, timestamp_us, message_id);

-- Outgoing messages that Meta has not named: what an opt-out cancels.
CREATE INDEX messages_unnamed ON messages (workspace_id, contact_id) WHERE wa_message_id = '';

-- Statuses that came before the message they belong to was known.
CREATE TABLE early_statuses (
  workspace_id TEXT NOT NULL,
  phone_number_id TEXT NOT NULL,
  wa_message_id TEXT NOT NULL,
  status TEXT NOT NULL,
  timestamp_us BIGINT NOT NULL,
  error_code BIGINT,
  error_message TEXT NOT NULL,
  received_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, phone_number_id, wa_message_id, status)
) @without_rowid@;

CREATE TABLE idempotency_keys (
  workspace_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  message_id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, idempotency_key)
) @without_rowid@;
