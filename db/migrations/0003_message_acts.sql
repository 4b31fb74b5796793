-- An edit or revoke may carry the id of the message it is about (meta/webhooks.md section 2): the type is
-- then part of what makes it one of its kind.
DROP INDEX messages_by_wamid;
CREATE UNIQUE INDEX messages_by_wamid ON messages (workspace_id, phone_number_id, wa_message_id,
  (CASE WHEN type IN ('edit', 'revoke') THEN type ELSE '' END))
  WHERE wa_message_id <> '';
