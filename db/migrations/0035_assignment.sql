-- Assignment of conversations: how often a workspace has assigned, and each member's newest turn. The row
-- of the first is held while a member is chosen, so that two choices see each other.
CREATE TABLE assignment_heads (
  workspace_id TEXT NOT NULL PRIMARY KEY,
  turn BIGINT NOT NULL
);
CREATE TABLE assignment_turns (
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  turn BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) @without_rowid@;
