-- Saved filters of contacts. conditions: JSON.
CREATE TABLE contact_segments (
  workspace_id TEXT NOT NULL,
  segment_id TEXT NOT NULL,
  name TEXT NOT NULL,
  conditions TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, segment_id)
) @without_rowid@;
CREATE UNIQUE INDEX contact_segments_by_name ON contact_segments (workspace_id, name);
