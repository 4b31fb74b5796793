// What the server tells of conversations, messages, notes and contacts, put where it is shown. An event may
// come twice and shows how things stand, so everything is set and nothing counted.
import type { QueryClient, QueryKey } from '@tanstack/react-query'

import { conversationQuery, countsQuery, listsKey, type Conversation, type ConversationList } from '@/features/inbox/api/conversations'
import { notesQuery } from '@/features/inbox/api/notes'
import { isSending } from '@/features/inbox/api/send'
import { fits, isListed, type ListFilter } from '@/features/inbox/filter'
import { countEvent, pullCounts, pullLists, pullNotes, pullThread } from '@/features/inbox/live'
import { isSame, putConversation, putMessage, putNote } from '@/features/inbox/merge'
import { contactQuery, dropContact, keepContact, renewHistory, type Contact } from '@/features/contacts'
import { threadQuery, type Message } from '@/features/messages'
import type { LiveEvent } from '@/lib/live/protocol'
import { meQuery } from '@/lib/me'

const countsAfterMs = 1_000
const roots = ['conversations', 'messages', 'notes', 'contacts']

export function applyEvent(client: QueryClient, event: LiveEvent): void {
  countEvent()
  switch (event.type) {
    case 'message.created':
      showMessage(client, event.data.message)
      return showConversation(client, event.data.conversation)
    case 'message.status':
      return showStatus(client, event.data.message)
    case 'conversation.changed':
      if (event.data.merged) renewThread(client, event.data.conversation.id)
      return showConversation(client, event.data.conversation)
    case 'conversation.removed':
      return dropConversation(client, event.data.id)
    case 'contact.changed':
      return showContact(client, event.data.contact)
    case 'contact.removed':
      return dropContact(client, event.data.id)
    case 'note.created': {
      const { note } = event.data
      const { queryKey } = notesQuery(note.conversationId)
      client.setQueryData(queryKey, (notes) => notes && putNote(notes, note))
      return afterFetch(client, queryKey, () => pullNotes(client, note.conversationId))
    }
    case 'note.removed':
      return dropNote(client, event.data)
  }
}

/** What is being fetched may be from before the event, and would cover it. */
function afterFetch(client: QueryClient, queryKey: QueryKey, pull: () => Promise<unknown>): void {
  const query = client.getQueryCache().find({ queryKey, exact: true })
  if (query?.state.fetchStatus !== 'fetching') return
  void query.promise
    ?.catch(() => undefined)
    .then(pull)
    .catch(() => undefined) // what fails here is shown at the next look
}

function showMessage(client: QueryClient, message: Message): void {
  const { conversationId: id, direction } = message
  if (direction === 'outbound' && isSending(client, id)) return
  const { queryKey } = threadQuery(id)
  client.setQueryData(queryKey, (thread) => thread && putMessage(thread, message))
  afterFetch(client, queryKey, () => pullThread(client, id))
}

function showStatus(client: QueryClient, message: Message): void {
  showMessage(client, message)
  const withIt = (one: Conversation): Conversation =>
    one.lastMessage?.id === message.id ? { ...one, lastMessage: { ...one.lastMessage, ...message, body: one.lastMessage.body } } : one
  mapConversations(client, (one) => one.id === message.conversationId, withIt)
}

function showConversation(client: QueryClient, conversation: Conversation): void {
  const { id, contactId } = conversation
  const myId = client.getQueryData(meQuery.queryKey)?.user.id
  const one = conversationQuery(id).queryKey
  client.setQueryData(one, (old) => old && (isSame(old, conversation) ? old : conversation))
  afterFetch(client, one, () => client.invalidateQueries({ queryKey: one }))
  for (const { queryKey } of client.getQueryCache().findAll({ queryKey: listsKey })) {
    const filter = queryKey[2] as ListFilter
    client.setQueryData<ConversationList>(queryKey, (list) => list && putConversation(list, conversation, belongs(list, filter, conversation, myId)))
    afterFetch(client, queryKey, () => pullLists(client))
  }
  renewHistory(client, contactId)
  countSoon(client)
}

/** One that was just read stays among the unread until the list is looked at again. */
function belongs(list: ConversationList, filter: ListFilter, conversation: Conversation, myId: string | undefined): boolean {
  if (isListed(filter, conversation, myId)) return true
  const isThere = list.pages.some(({ conversations }) => conversations.some(({ id }) => id === conversation.id))
  return isThere && filter.unread === true && fits(filter, conversation, myId) && isListed({ ...filter, unread: undefined }, conversation, myId)
}

/** Changes conversations wherever they are shown; pages without one stay the same objects. */
function mapConversations(client: QueryClient, which: (one: Conversation) => boolean, change: (one: Conversation) => Conversation): void {
  client.setQueriesData<Conversation>({ queryKey: ['conversations', 'one'] }, (one) => (one && which(one) ? change(one) : one))
  client.setQueriesData<ConversationList>({ queryKey: listsKey }, (list) => {
    if (!list?.pages.some(({ conversations }) => conversations.some(which))) return list
    const pages = list.pages.map((page) =>
      page.conversations.some(which) ? { ...page, conversations: page.conversations.map((one) => (which(one) ? change(one) : one)) } : page,
    )
    return { ...list, pages }
  })
}

function dropConversation(client: QueryClient, id: string): void {
  client.setQueriesData<ConversationList>({ queryKey: listsKey }, (list) =>
    list && {
      ...list,
      pages: list.pages.map((page) => ({ ...page, conversations: page.conversations.filter((one) => one.id !== id) })),
    },
  )
  // Who has it open is told what the server says of it now.
  void client.resetQueries({ queryKey: conversationQuery(id).queryKey })
  client.removeQueries({ queryKey: threadQuery(id).queryKey })
  client.removeQueries({ queryKey: notesQuery(id).queryKey })
  countSoon(client)
}

function showContact(client: QueryClient, contact: Contact): void {
  keepContact(client, contact)
  const one = contactQuery(contact.id).queryKey
  afterFetch(client, one, () => client.invalidateQueries({ queryKey: one }))
  const { name, tags, optOut } = contact
  mapConversations(
    client,
    ({ contactId }) => contactId === contact.id,
    (row) => ({ ...row, contact: { ...row.contact, name, tags, optedOut: optOut.status } }),
  )
  renewHistory(client, contact.id)
}

function dropNote(client: QueryClient, { id, conversationId }: { id: string; conversationId: string }): void {
  const { queryKey } = notesQuery(conversationId)
  client.setQueryData(queryKey, (notes) =>
    notes && { ...notes, pages: notes.pages.map((page) => ({ ...page, notes: page.notes.filter((note) => note.id !== id) })) },
  )
  afterFetch(client, queryKey, () => pullNotes(client, conversationId))
}

/** Another conversation's messages are between its own ones now. */
function renewThread(client: QueryClient, id: string): void {
  void client.invalidateQueries({ queryKey: threadQuery(id).queryKey })
  void client.invalidateQueries({ queryKey: notesQuery(id).queryKey })
}

let counting: ReturnType<typeof setTimeout> | undefined

/** Once for many events. */
function countSoon(client: QueryClient): void {
  counting ??= setTimeout(() => {
    counting = undefined
    void client.invalidateQueries({ queryKey: countsQuery.queryKey, refetchType: 'none' })
    void pullCounts(client)
  }, countsAfterMs)
}

/** Everything of the inbox anew: what is shown now at once, the rest when it is opened. Throws when something fails. */
export async function pullAll(client: QueryClient): Promise<void> {
  const cache = client.getQueryCache()
  const isOurs = ({ queryKey }: { queryKey: QueryKey }) => roots.includes(String(queryKey[0]))
  const fetching = cache.findAll({ fetchStatus: 'fetching', predicate: isOurs })
  await Promise.allSettled(fetching.map(({ promise }) => promise))
  await client.invalidateQueries({ predicate: (query) => isOurs(query) && !query.isActive(), refetchType: 'none' })
  const open = (root: string) => cache.findAll({ queryKey: [root], type: 'active' }).map(({ queryKey }) => String(queryKey[1]))
  await Promise.all([
    pullLists(client),
    pullCounts(client),
    ...open('messages').map((id) => pullThread(client, id)),
    ...open('notes').map((id) => pullNotes(client, id)),
    client.refetchQueries({ queryKey: ['conversations', 'one'], type: 'active' }),
    client.refetchQueries({ queryKey: ['contacts'], type: 'active' }),
  ])
}
