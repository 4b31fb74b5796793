-- Custom roles. permissions: names, parted by spaces. members.role is a built-in role's name or a role_id.
CREATE TABLE team_roles (
  workspace_id TEXT NOT NULL,
  role_id TEXT NOT NULL,
  name TEXT NOT NULL,
  permissions TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, role_id)
) @without_rowid@;
CREATE UNIQUE INDEX team_roles_by_name ON team_roles (workspace_id, name);

-- What a member may do more and less than the role says.
ALTER TABLE members ADD COLUMN granted TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN denied TEXT NOT NULL DEFAULT '';

-- Whose customers a member sees. kind: tag, phone (a phone number id). No row of a kind: all.
CREATE TABLE member_restrictions (
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (workspace_id, user_id, kind, value)
) @without_rowid@;

-- The tags of contacts.tags, one row each, to be joined and found by index. The column keeps their order.
CREATE TABLE contact_tags (
  workspace_id TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (workspace_id, contact_id, tag)
) @without_rowid@;
CREATE INDEX contact_tags_by_tag ON contact_tags (workspace_id, tag, contact_id);
INSERT INTO contact_tags (workspace_id, contact_id, tag)
  SELECT DISTINCT contacts.workspace_id, contacts.contact_id, tag.value
  FROM contacts, @each_tag_of_contacts@;

-- Who may join. A token is stored hashed; a new invite to an address replaces the one before.
CREATE TABLE team_invites (
  workspace_id TEXT NOT NULL,
  invite_id TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  token_hash BYTEA NOT NULL,
  created_us BIGINT NOT NULL,
  expires_us BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, email)
) @without_rowid@;
CREATE UNIQUE INDEX team_invites_by_token ON team_invites (token_hash);

-- The inbox of a member who sees only what is assigned to them. Costs nothing while nobody is assigned.
CREATE INDEX conversations_by_assignee
  ON conversations (workspace_id, assignee_id, last_message_us, conversation_id)
  WHERE assignee_id IS NOT NULL;
