-- Sessions as their owner sees them: from where each was used last, at its login or a refresh.
ALTER TABLE sessions ADD COLUMN seen_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_ip TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seen_user_agent TEXT NOT NULL DEFAULT '';

-- When a person proved that the address is theirs, by a link in a mail.
ALTER TABLE users ADD COLUMN email_verified_us BIGINT;

-- Links sent by mail. kind: password_reset, email_verification. The token itself is stored nowhere.
CREATE TABLE account_links (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  user_id TEXT NOT NULL,
  email TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL,
  used_us BIGINT
);
CREATE INDEX account_links_by_user ON account_links (user_id, kind);
CREATE INDEX account_links_by_end ON account_links (expires_us);

-- Second factors. The secret is in the vault under secret_name; enabled_us is null until a code has
-- shown that the person's app has it. last_step: the newest time step of which a code was used.
CREATE TABLE second_factors (
  user_id TEXT NOT NULL PRIMARY KEY,
  secret_name TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  enabled_us BIGINT,
  last_step BIGINT NOT NULL
);
CREATE TABLE recovery_codes (
  user_id TEXT NOT NULL,
  code_hash BYTEA NOT NULL,
  PRIMARY KEY (user_id, code_hash)
) @without_rowid@;
