// Lists of which the server looks through so many rows for a page: one may hold few, or none, and
// not be the last.
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useEffect } from 'react'

type PagedQuery = Pick<
  UseInfiniteQueryResult<InfiniteData<unknown>>,
  'data' | 'dataUpdatedAt' | 'hasNextPage' | 'isFetching' | 'isFetchNextPageError' | 'fetchNextPage'
>

interface Until {
  found: boolean
  /** Each is a request; then it is for a click to ask for more. */
  pagesMax: number
}

/** Asks for further pages until enough is found; true while it does. */
export function useLookingFurther(query: PagedQuery, { found, pagesMax }: Until): boolean {
  const { data, dataUpdatedAt, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query
  const pages = data?.pages.length ?? 0
  const looking = hasNextPage && !found && pages < pagesMax && !isFetchNextPageError
  useEffect(() => {
    if (looking && !isFetching) void fetchNextPage()
  }, [looking, isFetching, pages, dataUpdatedAt, fetchNextPage])
  return looking
}
