import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { meQuery } from '@/lib/me'
import { workspaceQuery } from '@/lib/workspace'

type ChangeBody = components['schemas']['WorkspaceChange']

/** The API's description says of settings only that they are an object: a type without any field. */
type Change = Omit<ChangeBody, 'settings'> & { settings?: object }

/** Name and settings; settings that are not named stay as they are. */
export const useChangeWorkspace = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Change) => take(api.PATCH('/api/v1/workspace', { body: change as ChangeBody })),
    onSuccess: (workspace) => {
      client.setQueryData(workspaceQuery.queryKey, workspace)
      return client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}
