// Goal: what the server tells is shown where it belongs, in whatever order and however often it comes.
// Method: a cache as the page has it, and events as docs/api/realtime.md describes them.
import { QueryClient, type QueryKey } from '@tanstack/react-query'
import { beforeEach, describe, expect, test } from 'vitest'

import { conversationQuery, conversationsQuery, type Conversation, type ConversationList } from '@/features/inbox/api/conversations'
import { notesQuery, type Note } from '@/features/inbox/api/notes'
import type { ListFilter } from '@/features/inbox/filter'
import { applyEvent, pullAll } from '@/features/inbox/live_events'
import { contact, conversation, message } from '@/features/inbox/testing_data'
import { contactQuery } from '@/features/contacts'
import { contactsQuery } from '@/features/contacts/api/contacts'
import { everyone } from '@/features/contacts/filter'
import { threadQuery, type Message } from '@/features/messages'
import type { LiveEvent } from '@/lib/live/protocol'
import { user } from '@/lib/testing'

let client: QueryClient
const all: ListFilter = { status: 'open' }
const mine: ListFilter = { status: 'open', assignee: 'me' }
const unread: ListFilter = { status: 'open', unread: true }

beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.setQueryData(['me'], { user })
})

const givenList = (filter: ListFilter, conversations: Conversation[], nextCursor: string | null = null) =>
  client.setQueryData<ConversationList>(conversationsQuery(filter).queryKey, { pages: [{ conversations, nextCursor }], pageParams: [undefined] })
const idsOf = (filter: ListFilter) =>
  client.getQueryData(conversationsQuery(filter).queryKey)?.pages.flatMap((page) => page.conversations.map(({ id }) => id))
const givenThread = (...messages: Message[]) =>
  client.setQueryData(threadQuery('conversation-1').queryKey, { pages: [{ messages, nextCursor: null }], pageParams: [undefined] })
const thread = () => client.getQueryData(threadQuery('conversation-1').queryKey)?.pages.flatMap(({ messages }) => messages)
const isFresh = (queryKey: QueryKey) => {
  const state = client.getQueryState(queryKey)
  return state?.data !== undefined && !state.isInvalidated
}
const tell = (event: LiveEvent) => applyEvent(client, event)
const changed = (change: Partial<Conversation>): LiveEvent => ({ type: 'conversation.changed', id: 'e-1', data: { conversation: conversation(change) } })

describe('a message', () => {
  const later = message({ id: 'message-2', body: 'Hello?', timestamp: '2026-11-26T10:05:00Z' })
  const created: LiveEvent = {
    type: 'message.created',
    id: 'e-1',
    data: { message: later, conversation: conversation({ lastMessage: later, lastMessageAt: later.timestamp, unreadCount: 1 }) },
  }

  test('is in its thread and brings its conversation to the top', () => {
    givenThread(message())
    givenList(all, [conversation({ id: 'conversation-2', lastMessageAt: '2026-11-26T10:02:00Z' }), conversation()])
    tell(created)
    expect(thread()?.map(({ id }) => id)).toEqual(['message-2', 'message-1'])
    expect(idsOf(all)).toEqual(['conversation-1', 'conversation-2'])
  })

  test('that comes twice is there once', () => {
    givenThread(message())
    givenList(all, [conversation()])
    tell(created)
    const before = thread()
    tell(created)
    expect(thread()).toHaveLength(2)
    expect(thread()?.[0]).toBe(before?.[0])
    expect(idsOf(all)).toEqual(['conversation-1'])
  })

  test('that comes after a newer one has its place by its time', () => {
    givenThread(later, message())
    const between = message({ id: 'message-3', timestamp: '2026-11-26T10:03:00Z' })
    tell({ type: 'message.created', id: 'e-2', data: { message: between, conversation: conversation() } })
    expect(thread()?.map(({ id }) => id)).toEqual(['message-2', 'message-3', 'message-1'])
  })

  test('of a conversation that nobody has seen appears in the lists that it fits', () => {
    givenList(all, [])
    givenList(mine, [])
    givenList(unread, [])
    tell(created)
    expect(idsOf(all)).toEqual(['conversation-1'])
    expect(idsOf(unread)).toEqual(['conversation-1'])
    expect(idsOf(mine)).toEqual([])
  })

  test('of a conversation below what is loaded of a list brings nothing out of order', () => {
    givenList(all, [conversation({ id: 'conversation-2', lastMessageAt: '2026-11-26T11:00:00Z' })], 'more')
    tell(created)
    expect(idsOf(all)).toEqual(['conversation-2'])
  })

  test('has its ticks in thread and row', () => {
    const out = message({ direction: 'outbound', status: 'sent' })
    givenThread(out)
    givenList(all, [conversation({ lastMessage: out })])
    tell({ type: 'message.status', id: 'e-1', data: { message: { ...out, status: 'read' } } })
    expect(thread()?.[0]?.status).toBe('read')
    expect(client.getQueryData(conversationsQuery(all).queryKey)?.pages[0]?.conversations[0]?.lastMessage?.status).toBe('read')
  })

  test('of one’s own is not shown beside the bubble of its sending', () => {
    givenThread(message())
    void client.getMutationCache().build(client, { mutationKey: ['send', 'conversation-1'], mutationFn: () => new Promise(() => undefined) }).execute(undefined)
    const own = message({ id: 'message-9', direction: 'outbound', timestamp: '2026-11-26T10:06:00Z' })
    tell({ type: 'message.created', id: 'e-1', data: { message: own, conversation: conversation() } })
    expect(thread()?.map(({ id }) => id)).toEqual(['message-1'])
  })
})

describe('a conversation', () => {
  test('goes from list to list with its assignee and status', () => {
    givenList(all, [conversation()])
    givenList(mine, [])
    client.setQueryData(conversationQuery('conversation-1').queryKey, conversation())
    tell(changed({ assigneeId: user.id, assignee: { id: user.id, name: user.name } }))
    expect(idsOf(mine)).toEqual(['conversation-1'])
    expect(client.getQueryData(conversationQuery('conversation-1').queryKey)?.assigneeId).toBe(user.id)
    tell(changed({ assigneeId: user.id, status: 'resolved' }))
    expect(idsOf(mine)).toEqual([])
    expect(idsOf(all)).toEqual([])
  })

  test('that was read stays among the unread until one looks again, and is not put there', () => {
    givenList(unread, [conversation({ unreadCount: 2 })])
    tell(changed({ unreadCount: 0 }))
    expect(idsOf(unread)).toEqual(['conversation-1'])
    givenList(unread, [])
    tell(changed({ unreadCount: 0 }))
    expect(idsOf(unread)).toEqual([])
  })

  test('that one may not see any more is gone, with what it held', () => {
    givenList(all, [conversation()])
    givenThread(message())
    client.setQueryData(conversationQuery('conversation-1').queryKey, conversation())
    tell({ type: 'conversation.removed', id: 'e-1', data: { id: 'conversation-1' } })
    expect(idsOf(all)).toEqual([])
    expect(thread()).toBeUndefined()
    expect(client.getQueryData(conversationQuery('conversation-1').queryKey)).toBeUndefined()
  })
})

test('STOP: the contact has opted out wherever it is shown', () => {
  const out = contact({ optOut: { status: true, optedOutAt: '2026-11-26T10:07:00Z', optedOutVia: 'message', optedBackInAt: null } })
  givenList(all, [conversation(), conversation({ id: 'conversation-2', contactId: 'contact-2' })])
  client.setQueryData(conversationQuery('conversation-1').queryKey, conversation())
  client.setQueryData(contactQuery('contact-1').queryKey, contact())
  tell({ type: 'contact.changed', id: 'e-1', data: { contact: out } })
  expect(client.getQueryData(contactQuery('contact-1').queryKey)?.optOut.status).toBe(true)
  expect(client.getQueryData(conversationQuery('conversation-1').queryKey)?.contact.optedOut).toBe(true)
  const rows = client.getQueryData(conversationsQuery(all).queryKey)?.pages[0]?.conversations
  expect(rows?.map((row) => row.contact.optedOut)).toEqual([true, false])
})

test('notes come once, and go', () => {
  const note: Note = {
    id: 'note-1', conversationId: 'conversation-1', author: { kind: 'user', id: 'user-2', name: 'Lucía' }, text: 'Call her', mentions: [], createdAt: '2026-11-26T10:07:00Z',
  }
  const { queryKey } = notesQuery('conversation-1')
  client.setQueryData(queryKey, { pages: [{ notes: [], nextCursor: null }], pageParams: [undefined] })
  tell({ type: 'note.created', id: 'e-1', data: { note } })
  tell({ type: 'note.created', id: 'e-1', data: { note } })
  expect(client.getQueryData(queryKey)?.pages[0]?.notes).toHaveLength(1)
  tell({ type: 'note.removed', id: 'e-2', data: { id: 'note-1', conversationId: 'conversation-1' } })
  expect(client.getQueryData(queryKey)?.pages[0]?.notes).toHaveLength(0)
})

test('after events were lost, what is not shown now is asked for when it is opened, also when an event came first', async () => {
  const { queryKey } = contactsQuery(everyone)
  givenThread(message())
  givenList(all, [conversation()])
  client.setQueryData(queryKey, { pages: [{ contacts: [contact()], nextCursor: null }], pageParams: [undefined] })
  await pullAll(client)
  const later = message({ id: 'message-2', timestamp: '2026-11-26T10:05:00Z' })
  tell({ type: 'message.created', id: 'e-1', data: { message: later, conversation: conversation({ lastMessage: later }) } })
  tell({ type: 'contact.changed', id: 'e-2', data: { contact: contact({ name: 'Rosa M.' }) } })
  expect(isFresh(threadQuery('conversation-1').queryKey)).toBe(false)
  expect(isFresh(conversationsQuery(all).queryKey)).toBe(false)
  expect(isFresh(queryKey)).toBe(false)
})

test('what is stale shows what is told, and stays stale', async () => {
  const { queryKey } = threadQuery('conversation-1')
  givenThread(message())
  await client.invalidateQueries({ queryKey })
  tell({ type: 'message.status', id: 'e-1', data: { message: message({ status: 'read' }) } })
  expect(thread()?.[0]?.status).toBe('read')
  expect(isFresh(queryKey)).toBe(false)
})

test('a list of contacts is asked for again when it is opened: one that changed may belong elsewhere', () => {
  const { queryKey } = contactsQuery(everyone)
  client.setQueryData(queryKey, { pages: [{ contacts: [contact()], nextCursor: null }], pageParams: [undefined] })
  tell({ type: 'contact.changed', id: 'e-1', data: { contact: contact({ name: 'Rosa M.' }) } })
  expect(client.getQueryData(queryKey)?.pages[0]?.contacts[0]?.name).toBe('Rosa M.')
  expect(isFresh(queryKey)).toBe(false)
})
