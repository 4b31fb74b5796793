// Fetches anew what queries hold, because something of it was missed, or may not be seen any more.
import { CancelledError, type InfiniteData, type Query, type QueryClient, type QueryFilters } from '@tanstack/react-query'

import { ApiError } from '@/lib/api_error'
import { endPulls } from '@/lib/live/cache'

/** Whoever has scrolled further than that scrolls again. */
const pagesMax = 10
/** Queries of the person, which no right in a workspace changes. */
const ownRoots = ['me', 'sessions', 'second-factor']

/** What is shown at once and with all its pages, the rest when it is opened. Throws when trying again may help. */
export async function renewQueries(client: QueryClient, filters: QueryFilters): Promise<void> {
  const queries = client.getQueryCache().findAll(filters)
  forgetUnwatched(client, queries)
  await Promise.all(queries.filter((query) => query.isActive()).map((query) => renew(client, query)))
}

/** As if nothing of the workspace had been seen. What fails is shown where it is missing. */
export async function resetWorkspace(client: QueryClient): Promise<void> {
  const isOfWorkspace = ({ queryKey }: Query) => !ownRoots.includes(String(queryKey[0]))
  endPulls()
  forgetUnwatched(client, client.getQueryCache().findAll({ predicate: isOfWorkspace }))
  await client.resetQueries({ predicate: isOfWorkspace })
}

function forgetUnwatched(client: QueryClient, queries: Query[]): void {
  for (const query of queries) {
    endPulls(query)
    if (query.getObserversCount() === 0) client.getQueryCache().remove(query)
    else query.invalidate() // also when its fetch is ended by leaving the page
  }
}

async function renew(client: QueryClient, query: Query): Promise<void> {
  try {
    // The first fetch goes on, so that nobody waits longer; what it brings may be too old.
    if (query.state.data === undefined) await query.promise?.catch(() => undefined)
    keepFirstPages(query)
    while (query.isActive()) {
      await query.fetch(undefined, { cancelRefetch: true })
      // Scrolling on ends the fetch with one of a next page, behind pages that are old.
      if (!query.state.fetchMeta?.fetchMore) return
    }
  } catch (failure) {
    if (failure instanceof CancelledError) return // by leaving the page
    if (!(failure instanceof ApiError) || failure.transient) throw failure
    if (failure.gone && query.state.data !== undefined) await client.resetQueries({ queryKey: query.queryKey, exact: true })
  } finally {
    if (query.getObserversCount() === 0) client.getQueryCache().remove(query)
  }
}

function keepFirstPages(query: Query): void {
  const data = query.state.data as Partial<InfiniteData<unknown>> | undefined
  if (!data?.pages || !data.pageParams || data.pages.length <= pagesMax) return
  query.setState({ data: { pages: data.pages.slice(0, pagesMax), pageParams: data.pageParams.slice(0, pagesMax) } })
}
