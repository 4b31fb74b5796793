// Shows what a query has come to: its data, or loading, failed, not allowed, empty. Data outlives a failure,
// but not the word that it is gone.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { FailedState, LoadingState } from '@/components/states'
import { ApiError } from '@/lib/api_error'

interface QueryViewProps<Data> {
  query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'isPending'> & { refetch: () => unknown }
  children: (data: Data) => ReactNode
  empty?: { when: (data: Data) => boolean; show: ReactNode }
}

export function QueryView<Data>({ query, children, empty }: QueryViewProps<Data>) {
  const isGone = query.error instanceof ApiError && query.error.gone
  if (query.data !== undefined && !isGone) {
    return empty?.when(query.data) ? empty.show : children(query.data)
  }
  if (query.isPending) return <LoadingState />
  return <FailedState failure={query.error} retry={() => void query.refetch()} />
}
