// Tells a member that an operator has suspended the workspace, and why. The first refused request says
// so; from then on the workspace itself is asked, until it goes on.
import { Alert } from '@mantine/core'
import { IconPlayerPause } from '@tabler/icons-react'
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '@/lib/api_error'
import { reviveLive } from '@/lib/live/live'
import { workspaceQuery } from '@/lib/workspace'

const askAgainMs = 10_000

export function SuspendedNotice() {
  const { t } = useTranslation('app')
  const client = useQueryClient()
  const [refusedAt, setRefusedAt] = useState<number | null>(null)
  const refused = refusedAt !== null
  const { data: workspace, dataUpdatedAt } = useQuery({
    ...workspaceQuery,
    enabled: refused,
    refetchInterval: refused ? askAgainMs : false,
  })
  const fresh = refused && dataUpdatedAt >= refusedAt
  const resumed = fresh && workspace?.suspended === false
  useEffect(() => onRefusal(client, () => setRefusedAt((before) => before ?? Date.now())), [client])
  useEffect(() => {
    if (refused) void client.invalidateQueries({ queryKey: workspaceQuery.queryKey })
  }, [client, refused])
  useEffect(() => {
    if (!resumed) return
    setRefusedAt(null)
    reviveLive()
    void client.invalidateQueries() // what was refused is there again
  }, [client, resumed])
  if (!fresh || !workspace?.suspended) return null
  return (
    <Alert role="alert" color="red" radius={0} icon={<IconPlayerPause size={18} aria-hidden />} title={t('suspended.title')}>
      {t('suspended.text')} <bdi>{workspace.suspendedReason}</bdi>
    </Alert>
  )
}

const isSuspension = (failure: unknown) => failure instanceof ApiError && failure.code === 'workspace_suspended'

/** Tells of each request that was refused because of a suspension. Gives the way to stop. */
function onRefusal(client: QueryClient, tell: () => void): () => void {
  const stops = [
    client.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error' && isSuspension(event.action.error)) tell()
    }),
    client.getMutationCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error' && isSuspension(event.action.error)) tell()
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
