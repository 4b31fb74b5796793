// The messages of a conversation, newest first as the server pages them.
import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

export type Message = components['schemas']['Message']
export type MessagePage = components['schemas']['MessagePage']
export type Thread = InfiniteData<MessagePage>

const newestSize = 50 // a screen or two
const olderSize = 200 // the most that is given: each page makes a long thread's list anew

export const fetchMessages = (id: string, cursor: string | undefined, signal?: AbortSignal) =>
  take(
    api.GET('/api/v1/conversations/{id}/messages', {
      params: { path: { id }, query: { limit: cursor ? olderSize : newestSize, cursor } },
      signal,
    }),
  )

export const threadQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['messages', id],
    queryFn: ({ pageParam, signal }) => fetchMessages(id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Infinity, // the inbox's live.ts keeps it fresh
    structuralSharing: false, // and shares what is the same by its id
  })
