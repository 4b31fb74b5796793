-- What the inbox's list is filtered by though few of a million conversations have it: unread messages, no assignee,
-- a number (an expression: other statements are not to take this index). The last columns are sifted by the index
-- alone; SQLite looks a condition of a partial index up again, so its column is among them.
CREATE INDEX conversations_unread ON conversations
  (workspace_id, status, last_message_us, conversation_id, assignee_id, phone_number_id, unread_count)
  WHERE unread_count > 0;
CREATE INDEX conversations_of_nobody ON conversations
  (workspace_id, status, last_message_us, conversation_id, unread_count, phone_number_id, assignee_id)
  WHERE assignee_id IS NULL;
CREATE INDEX conversations_by_number ON conversations
  (workspace_id, (phone_number_id || ''), status, last_message_us, conversation_id, assignee_id, unread_count);
