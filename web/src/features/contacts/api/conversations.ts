// The conversations of one contact: one for each number of the workspace.
import { queryOptions } from '@tanstack/react-query'

import { api, take } from '@/lib/api'

export const contactConversationsQuery = (contactId: string) =>
  queryOptions({
    queryKey: ['conversations', 'of-contact', contactId],
    queryFn: ({ signal }) => take(api.GET('/api/v1/conversations', { params: { query: { contactId, limit: 20 } }, signal })),
  })
