// Who one is, in which workspace, and what one may do there.
import { queryOptions, useQuery } from '@tanstack/react-query'

import { api, take } from '@/lib/api'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/auth/me', { signal })),
  staleTime: 60_000,
})

export const useMe = () => useQuery(meQuery)
