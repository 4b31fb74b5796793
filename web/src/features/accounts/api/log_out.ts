import { useMutation } from '@tanstack/react-query'

import { api, take } from '@/lib/api'
import { queryClient } from '@/lib/query_client'
import { clearSession } from '@/lib/session'

/** Ends the session there first: while the server cannot be reached its cookie would log one in again. */
export const useLogOut = () =>
  useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/logout')),
    onSuccess: () => {
      queryClient.clear()
      clearSession()
    },
  })
