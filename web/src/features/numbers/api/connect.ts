import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { workspaceQuery } from '@/lib/workspace'

/** A failure may leave a number behind that is connected half, so the list is read anew either way. */
export const useConnectNumber = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: components['schemas']['Connection']) => take(api.POST('/api/v1/onboarding/connect', { body })),
    onSettled: () => client.invalidateQueries({ queryKey: workspaceQuery.queryKey }),
  })
}
