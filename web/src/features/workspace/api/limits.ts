// How many API requests a minute the plan gives, and how many are left: the headers of every answer.
import { queryOptions } from '@tanstack/react-query'

import { api, take } from '@/lib/api'

export interface Limits {
  limit: number
  remaining: number
}

const numberIn = (headers: Headers, name: string) => {
  const text = headers.get(name)
  return text === null ? Number.NaN : Number(text)
}

/** Null when the server says nothing of limits. */
export const limitsQuery = queryOptions({
  queryKey: ['workspace', 'limits'],
  queryFn: async ({ signal }): Promise<Limits | null> => {
    const asked = api.GET('/api/v1/workspace', { signal })
    await take(asked)
    const { headers } = (await asked).response
    const limit = numberIn(headers, 'X-RateLimit-Limit')
    const remaining = numberIn(headers, 'X-RateLimit-Remaining')
    return Number.isNaN(limit) || Number.isNaN(remaining) ? null : { limit, remaining }
  },
})
