import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { meQuery } from '@/lib/me'
import { workspaceQuery } from '@/lib/workspace'

/** Name and settings; settings that are not named stay as they are. */
export const useChangeWorkspace = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: components['schemas']['WorkspaceChange']) => take(api.PATCH('/api/v1/workspace', { body })),
    onSuccess: (workspace) => {
      client.setQueryData(workspaceQuery.queryKey, workspace)
      return client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}
