import { infiniteQueryOptions } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

export type Template = components['schemas']['Template']

export const templatesQuery = infiniteQueryOptions({
  queryKey: ['templates'],
  queryFn: ({ pageParam, signal }) =>
    take(api.GET('/api/v1/templates', { params: { query: { limit: 200, cursor: pageParam } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  staleTime: 60_000,
})
