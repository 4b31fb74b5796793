// The list of conversations: as many rows in the page as can be seen, older ones loaded on the way down.
import { Loader } from '@mantine/core'
import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { LoadMore, type PagedQuery } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState, LoadingState } from '@/components/states'
import { conversationsQuery, type ConversationPage } from '@/features/inbox/api/conversations'
import { ConversationRow } from '@/features/inbox/components/conversation_row'
import classes from '@/features/inbox/components/inbox.module.css'
import { folders, isSameFilter, type ListFilter } from '@/features/inbox/filter'
import { countRows, placeOf, rowsBetween } from '@/features/inbox/list_rows'
import { useLiveList } from '@/features/inbox/live'
import { useRowKeys } from '@/features/inbox/use_row_keys'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { useVisibleRows } from '@/features/inbox/use_visible_rows'
import { useMe } from '@/lib/me'

// Seen on the first morning, and by few after.
const EmptyInbox = lazy(async () => ({ default: (await import('@/features/inbox/components/empty_inbox')).EmptyInbox }))

const rowPx = 68
const spareRows = 3
const loadAheadRows = 15

interface ListProps {
  filter: ListFilter
  openId: string | undefined
}

export function ConversationList({ filter, openId }: ListProps) {
  const { t } = useTranslation('inbox')
  const query = useInfiniteQuery(conversationsQuery(filter))
  useLiveList(filter)
  const filtered = !isSameFilter(filter, folders.all)
  return (
    <QueryView
      query={query}
      empty={{
        when: ({ pages }) => pages.every(({ conversations }) => conversations.length === 0),
        show: filtered ? (
          <EmptyState title={t('list.noMatch')} />
        ) : (
          <Suspense fallback={<LoadingState />}>
            <EmptyInbox />
          </Suspense>
        ),
      }}
    >
      {(data) => <Rows data={data} query={query} openId={openId} />}
    </QueryView>
  )
}

interface RowsProps {
  data: InfiniteData<ConversationPage>
  query: PagedQuery
  openId: string | undefined
}

function Rows({ data: { pages }, query, openId }: RowsProps) {
  const { t } = useTranslation('inbox')
  const { data: me } = useMe()
  const scroller = useRef<HTMLDivElement>(null)
  const { hasNextPage: hasMore, isFetchingNextPage: loading, isFetchNextPageError: failed, fetchNextPage: loadMore, dataUpdatedAt } = query
  const count = countRows(pages)
  const { first, last, showRow } = useVisibleRows(scroller, { count, rowPx, spareRows })
  const rows = rowsBetween(pages, first, last)
  const list = useRef<HTMLDivElement>(null)
  const { keys, rushing } = useRowKeys(
    list,
    first,
    rows.map(({ id }) => id),
  )
  // Also once all of it has been fetched anew, which ends what is under way and may change nothing else here.
  useEffect(() => {
    if (hasMore && !loading && !failed && last >= count - loadAheadRows) void loadMore()
  }, [hasMore, loading, failed, last, count, dataUpdatedAt, loadMore])

  const place = useRef(0)
  useEffect(() => {
    const at = openId === undefined ? -1 : placeOf(pages, openId)
    if (at >= 0) place.current = at
  }, [pages, openId])
  const move = (step: number) => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-conversation]')?.dataset.conversation
    const from = focused ?? openId
    const here = from === undefined ? -1 : placeOf(pages, from)
    // What was resolved has left the list: the next one stands in its place.
    const before = here >= 0 ? here : step > 0 ? place.current - 1 : place.current
    const to = Math.min(count - 1, Math.max(0, before + step))
    showRow(to)
    const id = rowsBetween(pages, to, to)[0]?.id
    // The row may have to be drawn first.
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-conversation="${id}"]`)?.focus({ preventScroll: true })
    })
  }
  useShortcuts({ next: () => move(1), previous: () => move(-1) })

  return (
    <div ref={scroller} className={classes.scroller} tabIndex={-1}>
      <div ref={list} className={classes.virtual} style={{ height: count * rowPx }} role="list" aria-label={t('list.name')}>
        {rows.map((conversation, index) => (
          <div
            key={keys[index]}
            role="listitem"
            aria-setsize={hasMore ? -1 : count}
            aria-posinset={first + index + 1}
            className={classes.virtualRow}
            style={{ height: rowPx, transform: `translateY(${(first + index) * rowPx}px)` }}
          >
            <ConversationRow conversation={conversation} open={conversation.id === openId} myId={me?.user.id} brief={rushing} />
          </div>
        ))}
      </div>
      {failed ? <LoadMore query={query} /> : null}
      {loading && !failed ? <Loader type="dots" mx="auto" my="sm" display="block" aria-label={t('list.loadingMore')} /> : null}
    </div>
  )
}
