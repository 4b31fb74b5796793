// Everything that happened with a contact, newest first.
import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { contactConversationsQuery } from '@/features/contacts/api/conversations'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type TimelineEntry = Schemas['TimelineEntry']
export type TimelineEvent = Schemas['TimelineEvent']

const pageSize = 30

export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'timeline', id],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET('/api/v1/contacts/{id}/timeline', {
          params: { path: { id }, query: { limit: pageSize, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ entries }) => entries),
  })

/** Something has happened with the contact: where that is shown it is asked for. */
export function renewHistory(client: QueryClient, id: string): void {
  void client.invalidateQueries({ queryKey: timelineQuery(id).queryKey })
  void client.invalidateQueries({ queryKey: contactConversationsQuery(id).queryKey })
}
