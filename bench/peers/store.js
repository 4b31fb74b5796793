// What one event writes to PostgreSQL, in one transaction: the statements of the classic worker.
//
// Statements are named, so that pg prepares each once per connection. Every write is idempotent:
// the same event again changes nothing.
'use strict';

const statements = {
  upsertContact: `
    INSERT INTO contacts (workspace_id, wa_id, user_id, name) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace_id, wa_id) DO UPDATE
      SET name = EXCLUDED.name, user_id = EXCLUDED.user_id, updated_at = now()
    RETURNING id, (xmax = 0) AS created`,
  upsertConversation: `
    INSERT INTO conversations
      (workspace_id, contact_id, phone_number_id, last_message_at, window_expires_at)
    VALUES ($1, $2, $3, $4, $4::timestamptz + interval '24 hours')
    ON CONFLICT (workspace_id, contact_id, phone_number_id) DO UPDATE
      SET status = 'open',
          last_message_at = GREATEST(conversations.last_message_at, EXCLUDED.last_message_at),
          window_expires_at = GREATEST(conversations.window_expires_at, EXCLUDED.window_expires_at)
    RETURNING id`,
  insertMessage: `
    WITH inserted AS (
      INSERT INTO messages (workspace_id, conversation_id, phone_number_id, wa_message_id,
                            direction, type, body, content, status, sent_at)
      VALUES ($1, $2, $3, $4, 'inbound', $5, $6, $7, 'received', $8)
      ON CONFLICT (phone_number_id, wa_message_id) DO NOTHING
      RETURNING conversation_id)
    UPDATE conversations SET unread_count = unread_count + 1
    FROM inserted WHERE conversations.id = inserted.conversation_id`,
  insertEarlyStatus: `
    INSERT INTO early_statuses
      (phone_number_id, wa_message_id, status, workspace_id, occurred_at, details)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (phone_number_id, wa_message_id, status) DO NOTHING`,
  updateMessageStatus: `
    UPDATE messages
    SET status = CASE
      WHEN array_position(ARRAY['queued','sent','delivered','read','failed'], status)
         < array_position(ARRAY['queued','sent','delivered','read','failed'], $3::text)
      THEN $3 ELSE status END
    WHERE phone_number_id = $1 AND wa_message_id = $2 AND direction = 'outbound'`,
  optOut: `
    UPDATE contacts SET opted_out = true, opted_out_at = $2, opted_out_via = 'message'
    WHERE id = $1 AND NOT opted_out`,
  insertConfirmation: `
    INSERT INTO outbox (workspace_id, contact_id, body) VALUES ($1, $2, $3)`,
  insertAudit: `
    INSERT INTO audit_logs (workspace_id, action, resource_type, resource_id, details)
    VALUES ($1, $2, $3, $4, $5)`,
};

function run(client, name, values) {
  return client.query({ name, text: statements[name], values });
}

async function inTransaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** Stores one inbound message with its contact and conversation. */
async function storeMessage(pool, event) {
  const { workspaceId, phoneNumberId, waId, userId, name } = event;
  await inTransaction(pool, async (client) => {
    const contact = await run(client, 'upsertContact', [workspaceId, waId, userId, name]);
    const { id: contactId, created } = contact.rows[0];
    if (created) {
      const details = { source: 'webhook' };
      await run(client, 'insertAudit', [
        workspaceId, 'contact.created', 'contact', contactId, details]);
    }
    const conversation = await run(client, 'upsertConversation', [
      workspaceId, contactId, phoneNumberId, event.sentAt]);
    await run(client, 'insertMessage', [
      workspaceId, conversation.rows[0].id, phoneNumberId, event.waMessageId, event.type,
      event.body, event.content, event.sentAt]);
    if (event.isStop) {
      await storeOptOut(client, workspaceId, contactId, event.sentAt);
    }
  });
}

async function storeOptOut(client, workspaceId, contactId, at) {
  const changed = await run(client, 'optOut', [contactId, at]);
  if (changed.rowCount === 0) {
    return;
  }
  await run(client, 'insertAudit', [workspaceId, 'contact.opted_out', 'contact', contactId, {}]);
  const confirmation = 'You will not receive further messages. Reply START to change this.';
  await run(client, 'insertConfirmation', [workspaceId, contactId, confirmation]);
}

/** Moves the message forward, never back; keeps the status when the message is not known yet. */
async function storeStatus(pool, event) {
  const { workspaceId, phoneNumberId, waMessageId, status } = event;
  await inTransaction(pool, async (client) => {
    const known = await run(client, 'updateMessageStatus', [phoneNumberId, waMessageId, status]);
    if (known.rowCount === 0) {
      await run(client, 'insertEarlyStatus', [
        phoneNumberId, waMessageId, status, workspaceId, event.at, event.details]);
    }
  });
}

module.exports = { storeMessage, storeStatus };
