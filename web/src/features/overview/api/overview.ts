import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

export type Overview = components['schemas']['Overview']
export type Counts = components['schemas']['OverviewCounts']

const refreshEveryMs = 60_000

/** Days are those of this browser. */
export const overviewQuery = (days: number) =>
  queryOptions({
    queryKey: ['overview', days],
    queryFn: ({ signal }) => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      return take(api.GET('/api/v1/overview', { params: { query: { days, timeZone } }, signal }))
    },
    placeholderData: keepPreviousData,
    refetchInterval: refreshEveryMs,
  })
