// The workspace with its settings and numbers, which several pages show.
import { queryOptions, useQuery } from '@tanstack/react-query'

import { api, take } from '@/lib/api'

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/workspace', { signal })),
})

export const useWorkspace = () => useQuery(workspaceQuery)
