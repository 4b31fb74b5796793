-- Members of whom some conversations are still to be taken: they were removed or see less now, and had more
-- than one transaction takes from them.
CREATE TABLE assignment_releases (
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) @without_rowid@;
