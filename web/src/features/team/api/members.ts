// The members of the workspace: a page at a time, and the changes to one of them.
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { meQuery } from '@/lib/me'

type Schemas = components['schemas']

export interface MemberFilter {
  q: string
  role: string
}

const membersKey = ['team', 'members'] as const

export const membersQuery = ({ q, role }: MemberFilter) =>
  infiniteQueryOptions({
    queryKey: [...membersKey, { q, role }],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(q && { q }), ...(role && { role }), ...(pageParam && { cursor: pageParam }) }
      return take(api.GET('/api/v1/admin/team/members', { params: { query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    select: ({ pages }) => pages.flatMap((page) => page.members),
  })

/** Lists show the change when the answer is there; one's own rights may have changed, too. */
function useMemberAct<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['team'] }),
        client.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]),
  })
}

const path = (id: string) => ({ path: { id } })

export const useChangeRole = (id: string) =>
  useMemberAct((body: Schemas['MemberRole']) =>
    take(api.PATCH('/api/v1/admin/team/members/{id}/role', { params: path(id), body })),
  )

export const useChangeOverrides = (id: string) =>
  useMemberAct((body: Schemas['Overrides']) =>
    take(api.PATCH('/api/v1/admin/team/members/{id}/overrides', { params: path(id), body })),
  )

export const useChangeRestrictions = (id: string) =>
  useMemberAct((body: Schemas['Restrictions']) =>
    take(api.PATCH('/api/v1/admin/team/members/{id}/restrictions', { params: path(id), body })),
  )

export const useRemoveMember = (id: string) =>
  useMemberAct(() => take(api.DELETE('/api/v1/admin/team/members/{id}', { params: path(id) })))
