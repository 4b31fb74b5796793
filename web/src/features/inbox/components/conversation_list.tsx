// The list of conversations: as many rows in the page as can be seen, older ones loaded on the way down.
import { Loader } from '@mantine/core'
import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { LoadMore, type PagedQuery } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState, LoadingState } from '@/components/states'
import { conversationsQuery, type ConversationPage } from '@/features/inbox/api/conversations'
import { ConversationRow } from '@/features/inbox/components/conversation_row'
import classes from '@/features/inbox/components/inbox.module.css'
import { folders, isSameFilter, type ListFilter } from '@/features/inbox/filter'
import { useLiveList } from '@/features/inbox/live'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { useMe } from '@/lib/me'

// Seen on the first morning, and by few after.
const EmptyInbox = lazy(async () => ({ default: (await import('@/features/inbox/components/empty_inbox')).EmptyInbox }))

const rowHeight = 68
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

function Rows({ data, query, openId }: RowsProps) {
  const { t } = useTranslation('inbox')
  const { data: me } = useMe()
  const scroller = useRef<HTMLDivElement>(null)
  const conversations = useMemo(() => data.pages.flatMap((page) => page.conversations), [data])
  const { hasNextPage: hasMore, isFetchingNextPage: loading, isFetchNextPageError: failed, fetchNextPage: loadMore } = query
  // With another function each row would be measured anew.
  const keyOf = useCallback((index: number) => conversations[index]?.id ?? index, [conversations])
  const virtual = useVirtualizer({
    count: conversations.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: 6,
  })
  const rows = virtual.getVirtualItems()
  const lastShown = rows.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !loading && !failed && lastShown >= conversations.length - loadAheadRows) void loadMore()
  }, [hasMore, loading, failed, lastShown, conversations.length, loadMore])

  const place = useRef(0)
  useEffect(() => {
    const at = conversations.findIndex(({ id }) => id === openId)
    if (at >= 0) place.current = at
  }, [conversations, openId])
  const move = (step: number) => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-conversation]')?.dataset.conversation
    const here = conversations.findIndex(({ id }) => id === (focused ?? openId))
    // What was resolved has left the list: the next one stands in its place.
    const from = here >= 0 ? here : step > 0 ? place.current - 1 : place.current
    const to = Math.min(conversations.length - 1, Math.max(0, from + step))
    virtual.scrollToIndex(to)
    const id = conversations[to]?.id
    // The row may have to be drawn first.
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-conversation="${id}"]`)?.focus({ preventScroll: true })
    })
  }
  useShortcuts({ next: () => move(1), previous: () => move(-1) })

  return (
    <div ref={scroller} className={classes.scroller} tabIndex={-1}>
      <div className={classes.virtual} style={{ height: virtual.getTotalSize() }} role="list" aria-label={t('list.name')}>
        {rows.map(({ index, key, start, size }) => {
          const conversation = conversations[index]
          if (!conversation) return null
          return (
            <div
              key={key}
              role="listitem"
              aria-setsize={hasMore ? -1 : conversations.length}
              aria-posinset={index + 1}
              className={classes.virtualRow}
              style={{ height: size, transform: `translateY(${start}px)` }}
            >
              <ConversationRow conversation={conversation} open={conversation.id === openId} myId={me?.user.id} />
            </div>
          )
        })}
      </div>
      {failed ? <LoadMore query={query} /> : null}
      {loading && !failed ? <Loader type="dots" mx="auto" my="sm" display="block" aria-label={t('list.loadingMore')} /> : null}
    </div>
  )
}
