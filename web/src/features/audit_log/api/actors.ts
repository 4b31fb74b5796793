// Names of who acted, as far as one may see them: members with manageTeam, keys with manageIntegrations.
import { useQuery } from '@tanstack/react-query'

import { api, take } from '@/lib/api'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'

const membersMax = 200

/** Ids to names. Who left, and members beyond the first 200, are not in it. */
export function useActorNames(): Map<string, string> {
  const { data: me } = useMe()
  const { data: members = [] } = useQuery({
    queryKey: ['audit-logs', 'members'],
    queryFn: ({ signal }) =>
      take(api.GET('/api/v1/admin/team/members', { params: { query: { limit: membersMax } }, signal })),
    select: (page) => page.members,
    enabled: useAllowed('manageTeam'),
  })
  const { data: keys = [] } = useQuery({
    queryKey: ['audit-logs', 'keys'],
    queryFn: ({ signal }) => take(api.GET('/api/v1/api-keys', { signal })),
    select: ({ apiKeys }) => apiKeys,
    enabled: useAllowed('manageIntegrations'),
  })
  const names = new Map([...members, ...keys].map(({ id, name }) => [id, name]))
  if (me) names.set(me.user.id, me.user.name)
  return names
}
