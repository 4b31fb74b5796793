// Messages and contacts by their words.
import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type SearchHit = Schemas['SearchHit']
export type FoundMessage = Schemas['SearchMessage']
export type MessageHit = SearchHit & { message: FoundMessage }

const pageSize = 20

/** Who sees a part of the workspace may get a page of nothing and a cursor that goes on. */
export const searchQuery = (q: string, kind: 'message' | 'contact') =>
  infiniteQueryOptions({
    queryKey: ['search', kind, q],
    queryFn: ({ pageParam, signal }) =>
      take(api.GET('/api/v1/search', { params: { query: { q, kind, limit: pageSize, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 10_000,
  })

export const hitsOf = (found: InfiniteData<Schemas['SearchPage']> | undefined): SearchHit[] => found?.pages.flatMap(({ results }) => results) ?? []

export const isMessageHit = (hit: SearchHit): hit is MessageHit => hit.message !== null
