// Segments: filters of contacts that the workspace keeps under a name.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

export type Segment = components['schemas']['Segment']
type NewSegment = components['schemas']['NewSegment']

export const segmentsQuery = queryOptions({
  queryKey: ['contacts', 'segments'],
  queryFn: async ({ signal }) => (await take(api.GET('/api/v1/segments', { signal }))).segments,
  staleTime: 60_000,
})

/** Makes a segment, or replaces the one that is named. */
export const useSaveSegment = (id?: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: NewSegment) =>
      take(
        id
          ? api.PUT('/api/v1/segments/{id}', { params: { path: { id } }, body })
          : api.POST('/api/v1/segments', { body }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['contacts'] }),
  })
}

export const useRemoveSegment = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/segments/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: segmentsQuery.queryKey }),
  })
}
