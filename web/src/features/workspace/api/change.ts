import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { meQuery } from '@/lib/me'
import { workspaceQuery } from '@/lib/workspace'

type Workspace = components['schemas']['Workspace']
type ChangeBody = components['schemas']['WorkspaceChange']

/** The API's description says of settings only that they are an object: a type without any field. */
type Change = Omit<ChangeBody, 'settings'> & { settings?: object }

/**
 * Name and settings; settings that are not named stay as they are. A change of a list, which is stored as a
 * whole, is a function of the newest workspace, so that it takes back nothing that a colleague did.
 */
export const useChangeWorkspace = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (change: Change | ((newest: Workspace) => Change)) => {
      const body = typeof change === 'function' ? change(await client.fetchQuery({ ...workspaceQuery, staleTime: 0 })) : change
      return take(api.PATCH('/api/v1/workspace', { body: body as ChangeBody }))
    },
    onSuccess: (workspace) => {
      client.setQueryData(workspaceQuery.queryKey, workspace)
      return client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}
