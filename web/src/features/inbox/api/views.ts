// Saved views: named filters, one's own or shared.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type View = Schemas['View']

export const viewsQuery = queryOptions({
  queryKey: ['inbox', 'views'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/views', { signal })),
  select: ({ views }) => views,
  staleTime: 60_000,
})

function useViewAct<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: viewsQuery.queryKey }) })
}

export const useCreateView = () => useViewAct((body: Schemas['ViewDraft']) => take(api.POST('/api/v1/views', { body })))

export const useRenameView = (id: string) =>
  useViewAct((name: string) => take(api.PATCH('/api/v1/views/{id}', { params: { path: { id } }, body: { name } })))

export const useRemoveView = (id: string) =>
  useViewAct(() => take(api.DELETE('/api/v1/views/{id}', { params: { path: { id } } })))
