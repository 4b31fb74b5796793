import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { ContactTimeline } from '@/features/contacts/components/contact_timeline'
import { showPage, testStates } from '@/lib/testing'

const path = 'GET /api/v1/contacts/*/timeline'
const page = <ContactTimeline contactId="contact-1" />
const at = '2026-11-26T10:00:00Z'
const event = (action: string, name = 'Ada') => ({
  kind: 'event', at, event: { action, conversationId: null, actor: { kind: 'user', id: 'u', name }, details: {} },
})

testStates('the timeline', { page, list: path, empty: { answer: { entries: [], nextCursor: null }, shows: 'Nothing has happened yet' } })

test('says what happened and who did it, and what strangers wrote as text', async () => {
  const message = {
    id: 'm', waMessageId: null, conversationId: 'c', direction: 'inbound', type: 'text', status: 'received', body: '<b>Hi</b>', timestamp: at,
  }
  const note = { id: 'n', conversationId: 'c', author: { kind: 'user', id: 'u', name: 'Ada' }, text: 'Call her', mentions: [], createdAt: at }
  const entries = [
    { kind: 'message', at, message },
    { kind: 'note', at, note },
    event('conversation.resolved'),
    event('something.new'),
  ]
  await showPage(page, { answers: { [path]: { entries, nextCursor: null } } })
  const items = await screen.findAllByRole('listitem')
  expect(items[0]).toHaveTextContent(/^The customer wrote.*<b>Hi<\/b>$/)
  expect(items[1]).toHaveTextContent(/^Note · Ada.*Call her$/)
  expect(items[2]).toHaveTextContent(/^Conversation resolved · Ada/)
  expect(items[3]).toHaveTextContent('Something else: something.new')
})
