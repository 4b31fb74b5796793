-- What a team writes for itself. Notes on a conversation; mentions: JSON array of user ids.
CREATE TABLE conversation_notes (
  workspace_id TEXT NOT NULL,
  note_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  author_kind TEXT NOT NULL,
  author_id TEXT NOT NULL,
  text TEXT NOT NULL,
  mentions TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, note_id)
) @without_rowid@;
CREATE INDEX conversation_notes_by_conversation
  ON conversation_notes (workspace_id, conversation_id, created_us, note_id);

-- Texts to answer with. owner_id: a member's own, or empty for everybody's.
CREATE TABLE quick_replies (
  workspace_id TEXT NOT NULL,
  reply_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  shortcut TEXT NOT NULL,
  text TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, reply_id)
) @without_rowid@;
CREATE UNIQUE INDEX quick_replies_by_shortcut ON quick_replies (workspace_id, owner_id, shortcut);

-- Named filters of the inbox; filter: JSON. owner_id as above.
CREATE TABLE saved_views (
  workspace_id TEXT NOT NULL,
  view_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  name TEXT NOT NULL,
  filter TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, view_id)
) @without_rowid@;
CREATE UNIQUE INDEX saved_views_by_name ON saved_views (workspace_id, owner_id, name);
