// Turns a webhook body into the events it holds: inbound messages and statuses.
'use strict';

const stopWords = new Set([
  'stop', 'stop all', 'stopall', 'unsubscribe', 'opt out', 'opt-out', 'optout', 'remove',
  'remove me', 'quit', 'cancel', 'end', 'unfollow', 'revoke', 'stop promotions', 'no more messages',
]);

function toDate(seconds) {
  return new Date(Number(seconds) * 1000);
}

/** The text that a person reads in the inbox, for each kind of message. */
function textOf(message) {
  switch (message.type) {
    case 'text':
      return message.text.body;
    case 'button':
      return message.button.text;
    case 'interactive':
      return (message.interactive.button_reply ?? message.interactive.list_reply)?.title ?? null;
    case 'location':
      return message.location.name ?? null;
    default:
      return message[message.type]?.caption ?? null;
  }
}

/** The whole message must be a STOP word, after the normalisation that product rules ask for. */
function isStop(text) {
  if (text === null || text.length > 64) {
    return false;
  }
  const plain = text.normalize('NFKC').toLowerCase();
  return stopWords.has(plain.replace(/[^\p{L}\p{N}\s-]/gu, '').replace(/\s+/g, ' ').trim());
}

function parseMessage(message, contact, phoneNumberId) {
  const body = textOf(message);
  return {
    phoneNumberId,
    waMessageId: message.id,
    waId: message.from,
    userId: message.from_user_id ?? contact?.user_id ?? null,
    name: contact?.profile?.name ?? '',
    type: message.type,
    body,
    content: message[message.type] ?? {},
    sentAt: toDate(message.timestamp),
    isStop: isStop(body),
  };
}

function parseStatus(status, phoneNumberId) {
  return {
    phoneNumberId,
    waMessageId: status.id,
    status: status.status,
    at: toDate(status.timestamp),
    details: status.pricing ?? status.errors?.[0] ?? null,
  };
}

/** All messages and statuses of one webhook body. */
function parseEvents(webhook) {
  const messages = [];
  const statuses = [];
  for (const entry of webhook.entry ?? []) {
    for (const { value } of entry.changes ?? []) {
      const phoneNumberId = value.metadata?.phone_number_id;
      for (const message of value.messages ?? []) {
        const contact = value.contacts?.find((item) => item.wa_id === message.from);
        messages.push(parseMessage(message, contact, phoneNumberId));
      }
      for (const status of value.statuses ?? []) {
        statuses.push(parseStatus(status, phoneNumberId));
      }
    }
  }
  return { messages, statuses };
}

module.exports = { parseEvents, isStop };
