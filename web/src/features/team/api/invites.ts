// Invites that are open. A link is in the answer of making it only.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

export const invitesQuery = queryOptions({
  queryKey: ['team', 'invites'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/admin/team/invites', { signal })),
  select: ({ invites }) => invites,
})

function useInviteAct<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: invitesQuery.queryKey }),
  })
}

export const useInvite = () =>
  useInviteAct((body: components['schemas']['NewInvite']) => take(api.POST('/api/v1/admin/team/invite', { body })))

export const useResendInvite = () =>
  useInviteAct((id: string) => take(api.POST('/api/v1/admin/team/invites/{id}/resend', { params: { path: { id } } })))

export const useCancelInvite = () =>
  useInviteAct((id: string) => take(api.DELETE('/api/v1/admin/team/invites/{id}', { params: { path: { id } } })))
