// Whom a conversation can be given to, and whom a note on it can mention: two rights, one kind of answer.
import { infiniteQueryOptions } from '@tanstack/react-query'

import { api, take } from '@/lib/api'

const pageSize = 200

export interface ColleaguesAsked {
  conversationId: string
  purpose: 'assign' | 'mention'
}

/** By part of the name; all when it is empty. */
export const colleaguesQuery = ({ conversationId, purpose }: ColleaguesAsked, q: string) =>
  infiniteQueryOptions({
    queryKey: ['inbox', 'colleagues', { conversationId, purpose, q }],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: pageSize, q: q || undefined, cursor: pageParam }
      return purpose === 'assign'
        ? take(api.GET('/api/v1/inbox/assignees', { params: { query: { ...query, conversationId } }, signal }))
        : take(api.GET('/api/v1/conversations/{id}/mentionable', { params: { path: { id: conversationId }, query }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ assignees }) => assignees),
    staleTime: 60_000,
  })
