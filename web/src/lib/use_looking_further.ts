// Lists of which the server looks through so many rows for a page: one may hold few, or none, and
// not be the last.
import { useEffect, useState } from 'react'

interface Query {
  hasNextPage: boolean
  isFetching: boolean
  isFetchNextPageError: boolean
  fetchNextPage: () => Promise<unknown>
}

/** Asks for further pages until so many rows are found; true while there may come some. */
export function useLookingFurther({ hasNextPage, isFetching, isFetchNextPageError, fetchNextPage }: Query, found: number, wanted: number): boolean {
  const [asked, setAsked] = useState(0) // a page of nothing changes nothing else
  const looking = hasNextPage && found < wanted && !isFetchNextPageError
  useEffect(() => {
    if (looking && !isFetching) void fetchNextPage().finally(() => setAsked((times) => times + 1))
  }, [asked, looking, isFetching, fetchNextPage])
  return looking
}
