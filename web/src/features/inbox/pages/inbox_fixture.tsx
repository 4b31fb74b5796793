// The inbox page as tests show it, with the answers of a workspace of one conversation.
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'

import { InboxPage } from '@/features/inbox/pages/inbox_page'
import { At } from '@/features/inbox/testing'
import { contact, conversation, counts, message } from '@/features/inbox/testing_data'
import { showPage, user, type Answers } from '@/lib/testing'

export const at = (address: string) => <At address={address} path="/inbox/{-$conversationId}" page={InboxPage} />
export const listPath = 'GET /api/v1/conversations'
export const threadPath = 'GET /api/v1/conversations/*/messages'
export const page = (conversations: unknown[]) => ({ conversations, nextCursor: null })
export const thread = (...messages: unknown[]) => ({ messages, nextCursor: null })

const colleagues = { assignees: [{ ...user, roleName: 'owner' }, { id: 'user-2', name: 'Lucía Vega', roleName: 'agent' }], nextCursor: null }

export const usual: Answers = {
  [listPath]: page([conversation()]),
  'GET /api/v1/conversations/counts': counts(),
  'GET /api/v1/conversations/*': conversation(),
  [threadPath]: thread(message()),
  'GET /api/v1/contacts/*': contact(),
  'GET /api/v1/conversations/*/notes': { notes: [], nextCursor: null },
  'GET /api/v1/conversations/*/mentionable': colleagues,
  'GET /api/v1/inbox/assignees': colleagues,
  'GET /api/v1/quick-replies': { quickReplies: [], nextCursor: null },
  'GET /api/v1/views': { views: [] },
  'GET /api/v1/workspace': { phoneNumbers: [{ phoneNumberId: 'number-1', wabaId: 'waba-1', verifiedName: 'Shop', displayPhone: '+1 555' }, { phoneNumberId: 'number-2', wabaId: 'waba-2', verifiedName: 'Help', displayPhone: '+1 556' }] },
  'POST /api/v1/conversations/*/read': conversation(),
}
export const openThread = (answers: Answers = {}, options: Parameters<typeof showPage>[1] | object = {}) =>
  showPage(at('/inbox/conversation-1'), { ...options, answers: { ...usual, ...answers } })

export const note = {
  id: 'note-1', conversationId: 'conversation-1', author: { kind: 'user', id: user.id, name: user.name },
  text: 'Call her', mentions: [], createdAt: '2026-11-26T10:01:00Z',
}

/** Of the two ways to write. */
export const choose = (mode: 'Reply' | 'Note') => userEvent.click(screen.getByRole('radio', { name: mode }))
