// What is told of data that queries hold, put where it belongs: into what is there at once, and once more
// into what is being fetched meanwhile, because that may be from before it and would cover it.
import type { InfiniteData, Query, QueryClient, QueryFilters, QueryKey } from '@tanstack/react-query'

type Change = (data: unknown) => unknown

/** A look at the server that a query does not know of. */
interface Pull {
  of: Query
  /** What was told since it began. */
  told: Change[]
  /** Something newer is there, or on its way: what it brings is not taken. */
  over: boolean
}
const pulls = new Set<Pull>()

interface Told {
  /** For lists that do not know where it belongs now: they are asked for again when they are opened. */
  thenStale?: boolean
}

/** Changes what queries hold; what is not concerned must come back as the same object. */
export function changeQueries<Data>(
  client: QueryClient,
  filters: QueryFilters,
  change: (data: Data, queryKey: QueryKey) => Data,
  { thenStale = false }: Told = {},
): void {
  for (const query of client.getQueryCache().findAll(filters)) {
    const ofIt: Change = (data) => change(data as Data, query.queryKey)
    const tell = () => {
      put(query, ofIt)
      if (thenStale) query.invalidate()
    }
    for (const { of, told } of pulls) if (of === query) told.push(ofIt)
    tell()
    if (query.state.fetchStatus !== 'idle') void query.promise?.then(tell, () => undefined)
  }
}

function put(query: Query, change: Change): void {
  const { data, isInvalidated } = query.state
  const changed = data === undefined ? undefined : change(data)
  if (changed === data) return
  // Something else in what is stale is not known still: `setData` would call it fresh.
  if (isInvalidated) query.setState({ data: changed })
  else query.setData(changed, { manual: true })
}

/** Pages with some of them changed. */
export function changePages<Page>(list: InfiniteData<Page>, change: (page: Page, index: number) => Page): InfiniteData<Page> {
  const pages = list.pages.map(change)
  return pages.every((page, index) => page === list.pages[index]) ? list : { ...list, pages }
}

/** Puts a fresh page into what a query holds, and what was told meanwhile onto it. Null when nothing was taken. */
export async function pullInto<Data, Page>(
  client: QueryClient,
  queryKey: QueryKey,
  fetch: () => Promise<Page>,
  merge: (now: Data, page: Page) => Data,
): Promise<Page | null> {
  const query = client.getQueryCache().find({ queryKey, exact: true })
  if (query?.state.data === undefined) return null
  endPulls(query)
  const pull: Pull = { of: query, told: [], over: false }
  pulls.add(pull)
  try {
    const page = await fetch()
    if (pull.over || query.state.data === undefined) return null
    put(query, (now) => pull.told.reduce((data, change) => change(data), merge(now as Data, page) as unknown))
    return page
  } finally {
    pulls.delete(pull)
  }
}

/** What is under way is not taken: of one query, or of all. */
export function endPulls(query?: Query): void {
  for (const pull of pulls) if (!query || pull.of === query) pull.over = true
}
