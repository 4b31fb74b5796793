// What the server tells of conversations, messages, notes and contacts, put where it is shown. An event may
// come twice and shows how things stand, so everything is set and nothing counted.
import type { Query, QueryClient } from '@tanstack/react-query'

import { conversationQuery, countsQuery, listsKey, type Conversation, type ConversationList } from '@/features/inbox/api/conversations'
import { notesQuery, type Note, type Notes } from '@/features/inbox/api/notes'
import { isSending } from '@/features/inbox/api/send'
import { fits, isListed, type ListFilter } from '@/features/inbox/filter'
import { pullCounts } from '@/features/inbox/live'
import { isSame, putConversation, putMessage, putNote } from '@/features/inbox/merge'
import { dropContact, keepContact, renewHistory, type Contact } from '@/features/contacts'
import { threadQuery, type Message, type Thread } from '@/features/messages'
import { changePages, changeQueries } from '@/lib/live/cache'
import type { LiveEvent } from '@/lib/live/protocol'
import { renewQueries } from '@/lib/live/renew'
import { meQuery } from '@/lib/me'

const countsAfterMs = 1_000
const roots = ['conversations', 'messages', 'notes', 'contacts']

export function applyEvent(client: QueryClient, event: LiveEvent): void {
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
      return changeQueries<Notes>(client, { queryKey: notesQuery(note.conversationId).queryKey }, (notes) => putNote(notes, note))
    }
    case 'note.removed':
      return dropNote(client, event.data)
  }
}

function showMessage(client: QueryClient, message: Message): void {
  const { conversationId: id, direction } = message
  const mayBeOwn = direction === 'outbound' && isSending(client, id)
  changeQueries<Thread>(client, { queryKey: threadQuery(id).queryKey }, (thread) =>
    mayBeOwn && isSending(client, id) ? thread : putMessage(thread, message),
  )
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
  changeQueries<Conversation>(client, { queryKey: conversationQuery(id).queryKey }, (old) => (isSame(old, conversation) ? old : conversation))
  changeQueries<ConversationList>(client, { queryKey: listsKey }, (list, queryKey) =>
    putConversation(list, conversation, belongs(list, queryKey[2] as ListFilter, conversation, myId)),
  )
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
  changeQueries<Conversation>(client, { queryKey: ['conversations', 'one'] }, (one) => (which(one) ? change(one) : one))
  changeRows(client, which, (rows) => rows.map((one) => (which(one) ? change(one) : one)))
}

function changeRows(client: QueryClient, which: (one: Conversation) => boolean, change: (rows: Conversation[]) => Conversation[]): void {
  changeQueries<ConversationList>(client, { queryKey: listsKey }, (list) =>
    changePages(list, (page) => (page.conversations.some(which) ? { ...page, conversations: change(page.conversations) } : page)),
  )
}

function dropConversation(client: QueryClient, id: string): void {
  changeRows(client, (one) => one.id === id, (rows) => rows.filter((one) => one.id !== id))
  // Who has it open is told what the server says of it now.
  void client.resetQueries({ queryKey: conversationQuery(id).queryKey })
  client.removeQueries({ queryKey: threadQuery(id).queryKey })
  client.removeQueries({ queryKey: notesQuery(id).queryKey })
  countSoon(client)
}

function showContact(client: QueryClient, contact: Contact): void {
  keepContact(client, contact)
  const { name, tags, optOut } = contact
  mapConversations(
    client,
    ({ contactId }) => contactId === contact.id,
    (row) => ({ ...row, contact: { ...row.contact, name, tags, optedOut: optOut.status } }),
  )
  renewHistory(client, contact.id)
}

function dropNote(client: QueryClient, { id, conversationId }: { id: string; conversationId: string }): void {
  const isIt = (note: Note) => note.id === id
  changeQueries<Notes>(client, { queryKey: notesQuery(conversationId).queryKey }, (notes) =>
    changePages(notes, (page) => (page.notes.some(isIt) ? { ...page, notes: page.notes.filter((note) => !isIt(note)) } : page)),
  )
}

/** Another conversation's messages are between its own ones now. */
function renewThread(client: QueryClient, id: string): void {
  const isOfIt = ({ queryKey: [root, of] }: Query) => (root === 'messages' || root === 'notes') && of === id
  renewQueries(client, { predicate: isOfIt }).catch(() => undefined) // what fails here is shown at the next look
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

/** Everything of the inbox anew: what is shown now at once, the rest when it is opened. Throws when trying again may help. */
export const pullAll = (client: QueryClient): Promise<void> =>
  renewQueries(client, { predicate: ({ queryKey }) => roots.includes(String(queryKey[0])) })
