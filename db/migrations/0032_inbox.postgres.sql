-- Snoozing, and the orders in which the inbox lists conversations: by state and last message, all or one
-- member's. The last columns answer the counts of the sidebar from the index alone.
ALTER TABLE conversations ADD COLUMN snoozed_until_us BIGINT NOT NULL DEFAULT 0;
DROP INDEX conversations_by_time;
CREATE INDEX conversations_by_state ON conversations
  (workspace_id, status, last_message_us, conversation_id, assignee_id, unread_count);
DROP INDEX conversations_by_assignee;
CREATE INDEX conversations_by_assignee
  ON conversations (workspace_id, assignee_id, status, last_message_us, conversation_id, unread_count)
  WHERE assignee_id IS NOT NULL;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until_us) WHERE status = 'snoozed';
