// Leads to the login page when the session ends under an open page: logged out in another tab,
// ended by somebody, password changed.
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'

import { paths } from '@/config/paths'
import { queryClient } from '@/lib/query_client'
import { getSession, subscribe } from '@/lib/session'

export function useSessionEnd(): void {
  const session = useSyncExternalStore(subscribe, getSession)
  const navigate = useNavigate()
  const { href } = useLocation()
  useEffect(() => {
    if (session) return
    queryClient.clear()
    void navigate({ to: paths.login, search: { next: href } })
  }, [session, navigate, href])
}
