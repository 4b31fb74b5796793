// Goal: what is fetched while something happens never takes back what was told meanwhile, and what was missed
// is fetched with all that is loaded. Method: queries as the page watches them, with answers held back.
import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { conversationQuery, conversationsQuery, type Conversation } from '@/features/inbox/api/conversations'
import { notesQuery, type Note } from '@/features/inbox/api/notes'
import type { ListFilter } from '@/features/inbox/filter'
import { pullList, pullThread } from '@/features/inbox/live'
import { applyEvent, pullAll } from '@/features/inbox/live_events'
import { contact, conversation, message } from '@/features/inbox/testing_data'
import { contactQuery } from '@/features/contacts'
import { contactsQuery } from '@/features/contacts/api/contacts'
import { everyone } from '@/features/contacts/filter'
import { threadQuery, type Message } from '@/features/messages'
import type { LiveEvent } from '@/lib/live/protocol'
import { setSession } from '@/lib/session'
import { failure, user } from '@/lib/testing'

let client: QueryClient
let answers: Record<string, () => unknown>
let asked: string[]
let leave: (() => void)[]
const all: ListFilter = { status: 'open' }
const listPath = '/api/v1/conversations'
const onePath = '/api/v1/conversations/conversation-1'
const threadPath = '/api/v1/conversations/conversation-1/messages'
const contactsPath = '/api/v1/contacts'

beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.setQueryData(['me'], { user })
  answers = {}
  asked = []
  leave = []
  globalThis.fetch = (async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url)
    const cursor = searchParams.get('cursor')
    const path = cursor ? `${pathname} ${cursor}` : pathname
    asked.push(path)
    const answer = await answers[path]?.()
    return answer instanceof Response ? answer : Response.json(answer)
  }) as typeof fetch
  setSession({ token: 'token', expiresIn: 900, user, workspace: { id: 'workspace-1', name: 'Shop', plan: 'free' }, role: 'owner', roleName: 'owner' })
})
afterEach(() => leave.forEach((end) => end()))

const tell = (event: LiveEvent) => applyEvent(client, event)
const changed = (change: Partial<Conversation>): LiveEvent => ({ type: 'conversation.changed', id: 'e-1', data: { conversation: conversation(change) } })
const created = (one: Message): LiveEvent => ({
  type: 'message.created', id: 'e-1', data: { message: one, conversation: conversation({ lastMessage: one, lastMessageAt: one.timestamp }) },
})
const row = (minute: number, change: Partial<Conversation> = {}) =>
  conversation({ id: `conversation-${minute}`, lastMessageAt: `2026-11-26T10:0${minute}:00Z`, ...change })
const said = (minute: number, change: Partial<Message> = {}) =>
  message({ id: `message-${minute}`, timestamp: `2026-11-26T10:0${minute}:00Z`, ...change })
const rows = (conversations: Conversation[], nextCursor: string | null = null) => ({ conversations, nextCursor })
const part = (messages: Message[], nextCursor: string | null = null) => ({ messages, nextCursor })

const listed = () => client.getQueryData(conversationsQuery(all).queryKey)?.pages.flatMap((page) => page.conversations)
const listedIds = () => listed()?.map(({ id }) => id)
const thread = () => client.getQueryData(threadQuery('conversation-1').queryKey)?.pages.flatMap(({ messages }) => messages)
const contacts = () => client.getQueryData(contactsQuery(everyone).queryKey)?.pages.flatMap((page) => page.contacts)

/** An answer that comes when it is let go. */
function held() {
  let release: (answer: unknown) => void = () => undefined
  const answer = new Promise((resolve) => (release = resolve))
  return { answer: () => answer, release }
}
const isAsked = (path: string) => vi.waitFor(() => expect(asked).toContain(path))

async function watchList(first: unknown) {
  answers[listPath] = () => first
  const observer = new InfiniteQueryObserver(client, conversationsQuery(all))
  leave.push(observer.subscribe(() => undefined))
  await vi.waitFor(() => expect(listed()).toBeDefined())
  return observer
}
async function watchThread(first: unknown) {
  answers[threadPath] = () => first
  const observer = new InfiniteQueryObserver(client, threadQuery('conversation-1'))
  leave.push(observer.subscribe(() => undefined))
  await vi.waitFor(() => expect(thread()).toBeDefined())
  return observer
}
async function watchContacts(first: unknown) {
  answers[contactsPath] = () => first
  const observer = new InfiniteQueryObserver(client, contactsQuery(everyone))
  leave.push(observer.subscribe(() => undefined))
  await vi.waitFor(() => expect(contacts()).toBeDefined())
  return observer
}

test('a look at a list does not take back what was told meanwhile', async () => {
  await watchList(rows([row(1)]))
  client.setQueryData(conversationQuery('conversation-1').queryKey, row(1))
  let looks = 0
  answers[listPath] = () => {
    looks += 1 // something happens at each, and the answer is from before
    tell(changed({ ...row(1), unreadCount: looks }))
    return rows([row(1), row(0)])
  }
  await pullList(client, all)
  expect(listed()?.map(({ id, unreadCount }) => [id, unreadCount])).toEqual([['conversation-1', 1], ['conversation-0', 0]])
  expect(client.getQueryData(conversationQuery('conversation-1').queryKey)?.unreadCount).toBe(1)
  expect(looks).toBe(1)
})

test('nor does a look at a thread', async () => {
  await watchThread(part([said(1)]))
  answers[onePath] = () => conversation()
  answers[threadPath] = () => {
    tell(created(said(3)))
    tell({ type: 'message.status', id: 'e-2', data: { message: said(1, { status: 'read' }) } })
    return part([said(2), said(1)])
  }
  await pullThread(client, 'conversation-1')
  expect(thread()?.map(({ id, status }) => `${id} ${status}`)).toEqual(['message-3 received', 'message-2 received', 'message-1 read'])
})

test('of two looks at a list the one that began last holds', async () => {
  await watchList(rows([row(1)]))
  const first = held()
  answers[listPath] = first.answer
  const looking = pullList(client, all)
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  answers[listPath] = () => rows([])
  answers['/api/v1/conversations/counts'] = () => ({})
  await pullList(client, all)
  first.release(rows([row(1)]))
  await looking
  expect(listed()).toEqual([])
})

test('a thread that was being fetched when a message came shows it, and is not fetched again', async () => {
  const first = held()
  answers[threadPath] = first.answer
  const fetching = client.fetchInfiniteQuery(threadQuery('conversation-1'))
  await isAsked(threadPath)
  tell(created(said(2)))
  first.release(part([said(1)]))
  await fetching
  await vi.waitFor(() => expect(thread()?.map(({ id }) => id)).toEqual(['message-2', 'message-1']))
  expect(asked).toEqual([threadPath])
})

test('a conversation that is removed while older ones load stays away, and one that is resolved', async () => {
  const observer = await watchList(rows([row(4), row(3), row(2)], 'older'))
  const older = held()
  answers[`${listPath} older`] = older.answer
  const loading = observer.fetchNextPage()
  await isAsked(`${listPath} older`)
  tell({ type: 'conversation.removed', id: 'e-1', data: { id: 'conversation-4' } })
  tell(changed({ ...row(1), status: 'resolved' }))
  tell({ type: 'contact.changed', id: 'e-2', data: { contact: contact({ name: 'Rosa M.' }) } })
  older.release(rows([row(1), row(0)]))
  await loading
  expect(listedIds()).toEqual(['conversation-3', 'conversation-2', 'conversation-0'])
  expect(new Set(listed()?.map((one) => one.contact.name))).toEqual(new Set(['Rosa M.']))
})

test('a note that is removed while older ones load stays away', async () => {
  const note = (id: string): Note => ({
    id, conversationId: 'conversation-1', author: { kind: 'user', id: 'user-2', name: 'Lucía' }, text: 'x', mentions: [], createdAt: '2026-11-26T10:07:00Z',
  })
  const notesPath = `${onePath}/notes`
  answers[notesPath] = () => ({ notes: [note('note-2')], nextCursor: 'older' })
  const observer = new InfiniteQueryObserver(client, notesQuery('conversation-1'))
  leave.push(observer.subscribe(() => undefined))
  const noted = () => client.getQueryData(notesQuery('conversation-1').queryKey)?.pages.flatMap(({ notes }) => notes.map(({ id }) => id))
  await vi.waitFor(() => expect(noted()).toBeDefined())
  const older = held()
  answers[`${notesPath} older`] = older.answer
  const loading = observer.fetchNextPage()
  await isAsked(`${notesPath} older`)
  tell({ type: 'note.removed', id: 'e-1', data: { id: 'note-2', conversationId: 'conversation-1' } })
  older.release({ notes: [note('note-1')], nextCursor: null })
  await loading
  expect(noted()).toEqual(['note-1'])
})

test('contacts that are changed or removed while further ones load stay so', async () => {
  const observer = await watchContacts({ contacts: [contact(), contact({ id: 'contact-2' })], nextCursor: 'further' })
  const further = held()
  answers[`${contactsPath} further`] = further.answer
  const loading = observer.fetchNextPage()
  await isAsked(`${contactsPath} further`)
  tell({ type: 'contact.changed', id: 'e-1', data: { contact: contact({ name: 'Rosa M.' }) } })
  tell({ type: 'contact.removed', id: 'e-2', data: { id: 'contact-2' } })
  tell({ type: 'contact.removed', id: 'e-3', data: { id: 'contact-3' } })
  further.release({ contacts: [contact({ id: 'contact-3' })], nextCursor: null })
  await loading
  expect(contacts()?.map(({ name }) => name)).toEqual(['Rosa M.'])
})

test('after events were lost older pages are asked for again, too', async () => {
  const observer = await watchThread(part([said(4), said(3)], 'older'))
  answers[`${threadPath} older`] = () => part([said(2), said(1)])
  await observer.fetchNextPage()
  answers[`${threadPath} older`] = () => part([said(2, { status: 'read' })])
  await pullAll(client)
  expect(thread()?.map(({ id, status }) => `${id} ${status}`)).toEqual(['message-4 received', 'message-3 received', 'message-2 read'])
})

test('also when somebody scrolls on meanwhile', async () => {
  const observer = await watchList(rows([row(4), row(3)], 'older'))
  const again = held()
  answers[listPath] = again.answer
  const renewing = pullAll(client)
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  answers[`${listPath} older`] = () => rows([row(2)])
  answers[listPath] = () => rows([row(4)], 'older') // one is gone
  await observer.fetchNextPage()
  again.release(rows([row(4)], 'older'))
  await renewing
  expect(listedIds()).toEqual(['conversation-4', 'conversation-2'])
})

test('of what is loaded ten pages are asked for again', async () => {
  const observer = await watchThread(part([said(1, { id: 'message-0' })], '1'))
  for (let at = 1; at < 12; at += 1) {
    answers[`${threadPath} ${at}`] = () => part([said(1, { id: `message-${at}` })], String(at + 1))
    await observer.fetchNextPage()
  }
  asked = []
  await pullAll(client)
  expect(asked).toHaveLength(10)
  expect(thread()).toHaveLength(10)
})

test('a look that began before events were lost is not taken', async () => {
  await watchList(rows([row(1)]))
  const early = held()
  answers[listPath] = early.answer
  const looking = pullList(client, all)
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  answers[listPath] = () => rows([row(2)])
  await pullAll(client)
  early.release(rows([row(1)]))
  await looking
  expect(listedIds()).toEqual(['conversation-2'])
})

test('what may not be seen any more is gone, and the rest is fetched', async () => {
  await watchThread(part([said(1)]))
  await watchList(rows([row(1)]))
  answers[`/api/v1/contacts/contact-1`] = () => contact()
  const one = new QueryObserver(client, contactQuery('contact-1'))
  leave.push(one.subscribe(() => undefined))
  await vi.waitFor(() => expect(one.getCurrentResult().data).toBeDefined())
  answers[threadPath] = () => failure(404, 'not_found')
  answers['/api/v1/contacts/contact-1'] = () => failure(403, 'forbidden')
  answers[listPath] = () => rows([row(2)])
  await pullAll(client)
  expect(thread()).toBeUndefined()
  expect(one.getCurrentResult().data).toBeUndefined()
  expect(listedIds()).toEqual(['conversation-2'])
})

test('what fails for now is told of, what would fail again is not', async () => {
  await watchList(rows([row(1)]))
  answers[listPath] = () => failure(422, 'internal_error')
  await pullAll(client)
  answers[listPath] = () => failure(503, 'unavailable')
  await expect(pullAll(client)).rejects.toThrow()
  expect(listedIds()).toEqual(['conversation-1'])
})

test('one leaves while what was missed is fetched: it is asked for when it is opened again', async () => {
  await watchThread(part([said(1)]))
  const fresh = held()
  answers[threadPath] = fresh.answer
  const renewing = pullAll(client)
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  leave.forEach((end) => end())
  await renewing
  expect(client.getQueryState(threadQuery('conversation-1').queryKey)).toBeUndefined()
})

test('a colleague’s message that came before one’s own is under way is kept', async () => {
  await watchThread(part([said(1)], 'older'))
  const looking = held()
  answers[threadPath] = looking.answer
  const look = pullThread(client, 'conversation-1')
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  tell(created(said(2, { direction: 'outbound' })))
  void client.getMutationCache().build(client, { mutationKey: ['send', 'conversation-1'], mutationFn: () => new Promise(() => undefined) }).execute(undefined)
  looking.release(part([said(1)], 'older'))
  await look
  expect(thread()?.map(({ id }) => id)).toEqual(['message-2', 'message-1'])
})
