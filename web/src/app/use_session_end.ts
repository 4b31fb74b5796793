// Leads to the login page when the session ends under an open page: logged out in another tab,
// ended by somebody, password changed.
import { useRouter } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'

import { paths } from '@/config/paths'
import { queryClient } from '@/lib/query_client'
import { getSession, subscribe, wasEnded } from '@/lib/session'

export function useSessionEnd(): void {
  const ended = useSyncExternalStore(subscribe, getSession) === null
  const router = useRouter()
  // Once for each end: this page is still shown, under the next address, until the login page is loaded.
  useEffect(() => {
    if (!ended) return
    queryClient.clear()
    void router.navigate({ to: paths.login, search: { next: router.state.location.href, ended: wasEnded() || undefined } })
  }, [ended, router])
}
