// Built-in roles and the workspace's own.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { meQuery } from '@/lib/me'

type Schemas = components['schemas']

export const rolesQuery = queryOptions({
  queryKey: ['team', 'roles'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/admin/team/roles', { signal })),
  select: ({ roles }) => roles,
})

function useRoleAct<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    // also after a failure: of several changes some may have been made
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['team'] }),
        client.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]),
  })
}

export const useCreateRole = () =>
  useRoleAct((body: Schemas['NewRole']) => take(api.POST('/api/v1/admin/team/roles', { body })))

export type RoleEdit = Schemas['RoleChange'] & { id: string }

const sendEdit = ({ id, ...body }: RoleEdit) =>
  take(api.PATCH('/api/v1/admin/team/roles/{id}', { params: { path: { id } }, body }))

/** One after another; stops at the first that is refused. */
export const useEditRoles = () =>
  useRoleAct(async (edits: RoleEdit[]) => {
    for (const edit of edits) await sendEdit(edit)
  })

export const useRemoveRole = () =>
  useRoleAct((id: string) => take(api.DELETE('/api/v1/admin/team/roles/{id}', { params: { path: { id } } })))
