-- Operators: accounts of the platform, beside the users of workspaces. token_hash: SHA-256.
CREATE TABLE operators (
  operator_id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_us BIGINT NOT NULL
);
CREATE TABLE operator_sessions (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  operator_id TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL
);
CREATE INDEX operator_sessions_by_operator ON operator_sessions (operator_id);

-- A workspace that an operator has suspended: since when, and why.
ALTER TABLE workspaces ADD COLUMN suspended_us BIGINT;
ALTER TABLE workspaces ADD COLUMN suspended_reason TEXT NOT NULL DEFAULT '';
