import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { operatorApi } from '@/features/operator/api/client'
import { refreshMs, type Desk } from '@/features/queues'
import { take } from '@/lib/api'

export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: ({ signal }) => take(operatorApi.GET('/api/v1/operator/queues', { signal })),
  refetchInterval: refreshMs,
})

/** The dead letters of one workspace, or without one of all. */
export const deskOf = (workspaceId: string): Desk => ({
  key: ['desk', workspaceId],
  list: (page, signal) => {
    const query = { ...page, ...(workspaceId && { workspaceId }) }
    return take(operatorApi.GET('/api/v1/operator/dead-letters', { params: { query }, signal }))
  },
  act: (act, ids) =>
    take(
      act === 'replay'
        ? operatorApi.POST('/api/v1/operator/dead-letters/replay', { body: { ids } })
        : operatorApi.POST('/api/v1/operator/dead-letters/discard', { body: { ids } }),
    ),
  replayEvents: (body) => take(operatorApi.POST('/api/v1/operator/webhook-events/replay', { body })),
})

const pageSize = 100

/** Of that day, in the person's time zone; without one the newest. */
export const eventsQuery = (day: string) =>
  infiniteQueryOptions({
    queryKey: ['events', day],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: pageSize, ...periodOf(day), ...(pageParam && { cursor: pageParam }) }
      return take(operatorApi.GET('/api/v1/operator/webhook-events', { params: { query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    select: ({ pages }) => pages.flatMap((page) => page.events),
  })

function periodOf(day: string): { from?: string; to?: string } {
  const from = new Date(`${day}T00:00`)
  if (Number.isNaN(from.getTime())) return {}
  const to = new Date(from)
  to.setDate(to.getDate() + 1)
  return { from: from.toISOString(), to: to.toISOString() }
}
