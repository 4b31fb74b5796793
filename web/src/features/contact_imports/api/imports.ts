// Imports: files that were sent, and what has become of their rows.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type Import = Schemas['ContactImport']
export type ImportStart = Schemas['ContactImportStart']

const pageSize = 20
const pollMs = 1_000
const keys = { list: ['contact-imports', 'list'], one: (id: string) => ['contact-imports', 'one', id] as const }

export const isUnderWay = ({ state }: Import) => state === 'queued' || state === 'running'

export const importsQuery = infiniteQueryOptions({
  queryKey: keys.list,
  queryFn: ({ pageParam, signal }) =>
    take(api.GET('/api/v1/contact-imports', { params: { query: { limit: pageSize, cursor: pageParam } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  refetchInterval: ({ state: { data } }) => (data?.pages.some((page) => page.imports.some(isUnderWay)) ? pollMs : false),
})

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => take(api.GET('/api/v1/contact-imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => (data && isUnderWay(data) ? pollMs : false),
  })

/** Shows what the server answered, and lets the lists ask again. */
export function keepImport(client: QueryClient, one: Import): Promise<void> {
  client.setQueryData(importQuery(one.id).queryKey, one)
  return client.invalidateQueries({ queryKey: keys.list })
}

export const useStartImport = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ImportStart) => take(api.POST('/api/v1/contact-imports/{id}/start', { params: { path: { id } }, body })),
    onSuccess: (one) => keepImport(client, one),
  })
}

export const useCancelImport = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => take(api.POST('/api/v1/contact-imports/{id}/cancel', { params: { path: { id } } })),
    onSuccess: (one) => keepImport(client, one),
  })
}

/** The rows that became no contact, each with its reason, as CSV. */
export async function openRefused(id: string) {
  const stream = await take(
    api.GET('/api/v1/contact-imports/{id}/refused', { params: { path: { id } }, parseAs: 'stream' }),
  )
  if (!stream) throw new Error('The file has no body.')
  return stream
}
