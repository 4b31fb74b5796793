-- Keys for programs. prefix: the part of the key that is shown; secret_hash: SHA-256 of the whole key.
-- user_id: the member who made it, whose rights bound the key's. permissions and networks: parted by
-- spaces; no network: any address. last_used: written at most once a minute.
CREATE TABLE api_keys (
  workspace_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_hash BYTEA NOT NULL,
  permissions TEXT NOT NULL,
  networks TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT,
  last_used_us BIGINT,
  last_used_ip TEXT NOT NULL,
  PRIMARY KEY (workspace_id, key_id)
) @without_rowid@;
CREATE UNIQUE INDEX api_keys_by_prefix ON api_keys (prefix);
