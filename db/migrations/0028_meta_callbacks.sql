-- Who has connected an account at Meta, as Meta's inspection of the token named them: their deauthorize and
-- data-deletion callbacks name nobody else.
CREATE TABLE meta_grants (
  workspace_id TEXT NOT NULL,
  waba_id TEXT NOT NULL,
  meta_user_id TEXT NOT NULL,
  granted_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, waba_id)
) @without_rowid@;
CREATE INDEX meta_grants_by_user ON meta_grants (meta_user_id);

-- Requests of Meta to delete what is known of one of its users. Holds nothing about the user.
CREATE TABLE deletion_requests (
  confirmation_code TEXT NOT NULL PRIMARY KEY,
  received_us BIGINT NOT NULL,
  completed_us BIGINT,
  grants_removed BIGINT NOT NULL
);
