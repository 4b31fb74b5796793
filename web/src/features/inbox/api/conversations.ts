// Conversations: the list by its filters, how many there are, one, and marking it as read.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { fits, type ListFilter } from '@/features/inbox/filter'
import { api, take } from '@/lib/api'
import { changeQueries } from '@/lib/live/cache'
import { meQuery } from '@/lib/me'

type Schemas = components['schemas']
export type Conversation = Schemas['Conversation']
export type ConversationPage = Schemas['ConversationPage']
export type ConversationList = InfiniteData<ConversationPage>

const pageSize = 50
export const listsKey = ['conversations', 'list'] as const

export const fetchConversations = ({ unread, ...rest }: ListFilter, cursor: string | undefined, signal?: AbortSignal) =>
  take(
    api.GET('/api/v1/conversations', {
      params: { query: { ...rest, limit: pageSize, unread: unread ? 'true' : undefined, cursor } },
      signal,
    }),
  )

export const conversationsQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: [...listsKey, filter] as const,
    queryFn: ({ pageParam, signal }) => fetchConversations(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Infinity, // live.ts keeps it fresh
    structuralSharing: false, // merge.ts shares by id
  })

export const countsQuery = queryOptions({
  queryKey: ['conversations', 'counts'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/conversations/counts', { signal })),
  staleTime: Infinity, // live.ts keeps it fresh
})

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversations', 'one', id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal })),
  })

/** The latest conversation with a contact, or null. */
export const fetchConversationWith = async (contactId: string): Promise<Conversation | null> => {
  const { conversations } = await take(api.GET('/api/v1/conversations', { params: { query: { contactId, limit: 1 } } }))
  return conversations[0] ?? null
}

/** Changes a conversation wherever it is shown, and takes it out of the lists that it fits no more. */
export const usePatchConversation = () => {
  const client = useQueryClient()
  return (id: string, change: Partial<Conversation>) => {
    const myId = client.getQueryData(meQuery.queryKey)?.user.id
    changeQueries<Conversation>(client, { queryKey: conversationQuery(id).queryKey }, (one) => ({ ...one, ...change }))
    changeQueries<ConversationList>(client, { queryKey: listsKey }, (list, queryKey) =>
      patchList(list, queryKey[2] as ListFilter, id, change, myId),
    )
  }
}

/** Pages without the conversation stay the same objects, so that nothing of them is drawn again. */
function patchList(list: ConversationList, filter: ListFilter, id: string, change: Partial<Conversation>, myId?: string): ConversationList {
  if (!list.pages.some(({ conversations }) => conversations.some((one) => one.id === id))) return list
  const pages = list.pages.map((page) => {
    if (!page.conversations.some((one) => one.id === id)) return page
    const changed = page.conversations.map((one) => (one.id === id ? { ...one, ...change } : one))
    return { ...page, conversations: changed.filter((one) => one.id !== id || fits(filter, one, myId)) }
  })
  return { ...list, pages }
}

export const useMarkRead = () => {
  const client = useQueryClient()
  const patch = usePatchConversation()
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/conversations/{id}/read', { params: { path: { id } } })),
    onSuccess: ({ id, unreadCount }) => {
      patch(id, { unreadCount })
      void client.invalidateQueries({ queryKey: countsQuery.queryKey })
    },
  })
}
