// Answers of the server for tests of the inbox and the contacts.
import type { components } from '@/api/generated/openapi'

type Schemas = components['schemas']

export const contact = (change: Partial<Schemas['Contact']> = {}): Schemas['Contact'] => ({
  id: 'contact-1',
  name: 'Rosa Martínez',
  phone: '+436601234567',
  identities: [{ kind: 'phone', value: '436601234567' }],
  tags: ['vip'],
  attributes: {},
  optOut: { status: false, optedOutAt: null, optedOutVia: null, optedBackInAt: null },
  createdAt: '2026-11-01T10:00:00Z',
  ...change,
})

export const message = (change: Partial<Schemas['Message']> = {}): Schemas['Message'] => ({
  id: 'message-1',
  waMessageId: 'wamid.1',
  conversationId: 'conversation-1',
  direction: 'inbound',
  type: 'text',
  status: 'received',
  body: 'Is my order ready?',
  timestamp: '2026-11-26T10:00:00Z',
  ...change,
})

const hourMs = 3_600_000
export const inHours = (hours: number) => new Date(Date.now() + hours * hourMs).toISOString()

export const rowContact = (change: Partial<Schemas['ConversationContact']> = {}): Schemas['ConversationContact'] => ({
  id: 'contact-1',
  name: 'Rosa Martínez',
  phone: '436601234567',
  tags: ['vip'],
  optedOut: false,
  ...change,
})

export const conversation = (change: Partial<Schemas['Conversation']> = {}): Schemas['Conversation'] => ({
  id: 'conversation-1',
  contactId: 'contact-1',
  contact: rowContact(),
  phoneNumberId: 'number-1',
  status: 'open',
  snoozedUntil: null,
  assigneeId: null,
  assignee: null,
  unreadCount: 0,
  windowExpiresAt: inHours(20),
  lastMessageAt: '2026-11-26T10:00:00Z',
  lastMessage: message(),
  ...change,
})

export const counts = (change: Partial<Schemas['ConversationCounts']> = {}): Schemas['ConversationCounts'] => ({
  mine: 2, unassigned: 3, all: 12, unread: 4, snoozed: 1, exact: true, ...change,
})

export const optedOut: Schemas['OptOut'] = {
  status: true,
  optedOutAt: '2026-11-20T10:00:00Z',
  optedOutVia: 'message',
  optedBackInAt: null,
}
