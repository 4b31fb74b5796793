import { useMutation } from '@tanstack/react-query'

import { api, take } from '@/lib/api'
import { queryClient } from '@/lib/query_client'
import { forgetOwn } from '@/lib/own_storage'
import { clearSession, expectCookie } from '@/lib/session'
import { useNotifyFailure } from '@/lib/use_notify_failure'

// A page that is left has its requests fail, also the one of the logout, which goes on without it.
let left = false
window.addEventListener('pagehide', () => (left = true))
window.addEventListener('pageshow', () => (left = false))

/** Nothing that was written to customers stays in a browser that others may use: ask first (app/log_out_dialog.tsx).
 * The page goes first, so that nothing of it asks any more; where the server cannot be reached, its
 * cookie would log one in again, and the failure says so. */
export function useLogOut() {
  const notifyFailure = useNotifyFailure()
  return useMutation({
    mutationFn: async () => {
      forgetOwn()
      clearSession()
      await queryClient.cancelQueries()
      await take(api.POST('/api/v1/auth/logout', { keepalive: true })) // also for who leaves the page at once
    },
    onError: (failure) => {
      if (left) return
      expectCookie()
      notifyFailure(failure)
    },
  })
}
