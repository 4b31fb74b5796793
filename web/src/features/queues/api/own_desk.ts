// The member's own workspace.
import { queryOptions } from '@tanstack/react-query'

import type { Desk } from '@/features/queues/desk'
import { api, take } from '@/lib/api'

export const refreshMs = 5_000
const key = ['queues'] as const

export const ownDesk: Desk = {
  key,
  list: (query, signal) => take(api.GET('/api/v1/queues/dead', { params: { query }, signal })),
  act: (act, ids) =>
    take(
      act === 'replay'
        ? api.POST('/api/v1/queues/dead/replay', { body: { ids } })
        : api.POST('/api/v1/queues/dead/discard', { body: { ids } }),
    ),
  replayEvents: (body) => take(api.POST('/api/v1/webhook-events/replay', { body })),
}

export const queueStatusQuery = queryOptions({
  queryKey: [...key, 'status'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/queues/status', { signal })),
  refetchInterval: refreshMs,
})
