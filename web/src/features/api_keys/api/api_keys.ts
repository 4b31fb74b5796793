// The workspace's API keys. The key itself is in the answer of making it only.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/api-keys', { signal })),
  select: ({ apiKeys }) => apiKeys,
})

function useKeyAct<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })
}

export const useCreateApiKey = () =>
  useKeyAct((body: Schemas['NewApiKey']) => take(api.POST('/api/v1/api-keys', { body })))

export const useChangeApiKey = (id: string) =>
  useKeyAct((body: Schemas['ApiKeyChange']) =>
    take(api.PATCH('/api/v1/api-keys/{id}', { params: { path: { id } }, body })),
  )

export const useRevokeApiKey = (id: string) =>
  useKeyAct(() => take(api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } })))
