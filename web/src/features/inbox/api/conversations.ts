// Conversations: the list by its filters, one, and what members do with them.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type Conversation = Schemas['Conversation']
export type ConversationPage = Schemas['ConversationPage']
export type ConversationList = InfiniteData<ConversationPage>

export interface ListFilter {
  status: 'open' | 'resolved' | ''
  /** A member's id, `none`, or empty for everybody's. */
  assignee: string
}

const pageSize = 50
export const listsKey = ['conversations', 'list'] as const

export const fetchConversations = ({ status, assignee }: ListFilter, cursor: string | undefined, signal?: AbortSignal) =>
  take(
    api.GET('/api/v1/conversations', {
      params: { query: { limit: pageSize, status: status || undefined, assignee: assignee || undefined, cursor } },
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

/** Changes a conversation wherever it is shown. */
export const usePatchConversation = () => {
  const client = useQueryClient()
  return (id: string, change: Partial<Conversation>) => {
    client.setQueryData(conversationQuery(id).queryKey, (one) => one && { ...one, ...change })
    client.setQueriesData<ConversationList>({ queryKey: listsKey }, (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          conversations: page.conversations.map((one) => (one.id === id ? { ...one, ...change } : one)),
        })),
      },
    )
  }
}

export const useMarkRead = () => {
  const patch = usePatchConversation()
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/conversations/{id}/read', { params: { path: { id } } })),
    onSuccess: ({ id, unreadCount }) => patch(id, { unreadCount }),
  })
}

export const useAssign = (id: string) => {
  const patch = usePatchConversation()
  return useMutation({
    mutationFn: (assigneeId: string | null) =>
      take(api.POST('/api/v1/conversations/{id}/assign', { params: { path: { id } }, body: { assigneeId } })),
    onSuccess: ({ assigneeId }) => patch(id, { assigneeId }),
  })
}

/** Colleagues to assign to; only who manages the team may ask. */
export const membersQuery = queryOptions({
  queryKey: ['inbox', 'members'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/admin/team/members', { params: { query: { limit: 200 } }, signal })),
  staleTime: 300_000,
})
