-- What merges that met another transaction have left behind: identities of contacts that are gone keep who
-- has them from writing. A conversation goes too, unless messages hang on it.
DELETE FROM contact_identities WHERE NOT EXISTS (SELECT 1 FROM contacts
  WHERE contacts.workspace_id = contact_identities.workspace_id
  AND contacts.contact_id = contact_identities.contact_id);
DELETE FROM conversations WHERE NOT EXISTS (SELECT 1 FROM contacts
  WHERE contacts.workspace_id = conversations.workspace_id
  AND contacts.contact_id = conversations.contact_id)
  AND NOT EXISTS (SELECT 1 FROM messages
  WHERE messages.workspace_id = conversations.workspace_id
  AND messages.conversation_id = conversations.conversation_id);
