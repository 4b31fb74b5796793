// The messages of a conversation, newest at the bottom. Older ones are loaded above without a jump.
import { ActionIcon, Loader, VisuallyHidden } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import { LoadMore, type PagedQuery } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import type { Conversation } from '@/features/inbox/api/conversations'
import { notesQuery, type Notes } from '@/features/inbox/api/notes'
import { useDropShown, usePending } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { ThreadEntry } from '@/features/inbox/components/thread_entry'
import { dayOf } from '@/features/inbox/days'
import { useLiveThread } from '@/features/inbox/live'
import { useArrived } from '@/features/inbox/use_arrived'
import { useGoTo } from '@/features/inbox/use_go_to'
import { entriesOf, shownOf, type Entry } from '@/features/inbox/thread_entries'
import { threadQuery, useMessagePreview, type Thread as MessageThread } from '@/features/messages'
import { useAllowed } from '@/lib/permissions'

const spareEntries = 4
const loadAheadEntries = 14
const nearEndPx = 160

interface ThreadProps {
  conversation: Conversation
  /** Id of the message that a search has led to. */
  sought: string | undefined
}

export function Thread({ conversation, sought }: ThreadProps) {
  const { t } = useTranslation('inbox')
  const { id } = conversation
  const query = useInfiniteQuery(threadQuery(id))
  const pending = usePending(id)
  const notes = useNotes(id, query.data)
  const missing = [query, notes].find(({ isFetchNextPageError }) => isFetchNextPageError)
  useLiveThread(id)
  const entries = useMemo(() => entriesOf(query.data, pending, notes.data), [query.data, pending, notes.data])
  useDropShown(useMemo(() => shownOf(query.data, pending), [query.data, pending]))
  return (
    <div className={classes.threadBody}>
      <Arrivals thread={query.data} />
      {missing ? <LoadMore query={missing} /> : null}
      <QueryView query={query} empty={{ when: () => entries.length === 0, show: <EmptyState title={t('thread.empty')} /> }}>
        {() => (
          <Entries conversation={conversation} entries={entries} sought={sought} query={query} />
        )}
      </QueryView>
    </div>
  )
}

interface EntriesProps {
  conversation: Conversation
  entries: Entry[]
  sought: string | undefined
  query: PagedQuery
}

function Entries({ conversation, entries, sought, query }: EntriesProps) {
  const { t } = useTranslation('inbox')
  const maySend = useAllowed('sendMessages')
  const scroller = useRef<HTMLDivElement>(null)
  const { hasNextPage: hasOlder, isFetchingNextPage: loading, isFetchNextPageError: failed, fetchNextPage: loadOlder } = query
  // With another function each entry would be measured anew.
  const keyOf = useCallback((index: number) => entries[index]?.key ?? index, [entries])
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => entries[index]?.height ?? 0,
    getItemKey: keyOf,
    // Drawn from its start, it would ask for older ones; their coming stopped the way to the end above it.
    // What fits on the screen cannot be scrolled, and so would never be drawn from its start.
    initialOffset: () => {
      const end = entries.reduce((sum, { height }) => sum + height, 0)
      return end > window.innerHeight ? end : 0
    },
    overscan: spareEntries,
    paddingStart: 12,
    paddingEnd: 12,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: nearEndPx,
  })
  // Where one reads was kept just now, if entries have come. Left on, the whole thread would be laid out anew for
  // each row that is measured, only to know whether one is at the end.
  virtual.options.anchorTo = 'start'
  const height = virtual.getTotalSize()
  // What turns out taller or shorter above the screen moves nothing on it, in whichever direction one scrolls; at the
  // end nothing does.
  virtual.shouldAdjustScrollPositionOnItemSizeChange = ({ start }, _, { scrollOffset, scrollRect }) => {
    const above = scrollOffset ?? 0
    return start < above || height - (scrollRect?.height ?? 0) - above <= nearEndPx
  }
  useLayoutEffect(() => {
    virtual.scrollToEnd()
  }, [virtual])
  useGoTo(sought, entries, { hasOlder, loading, failed, loadOlder, goTo: (index) => virtual.scrollToIndex(index, { align: 'center' }) })
  const noteEnd = useStayAtEnd(scroller, () => virtual.scrollToEnd())
  const shown = virtual.getVirtualItems()
  const firstShown = shown[0]?.index ?? Infinity
  useEffect(() => {
    if (hasOlder && !loading && !failed && firstShown <= loadAheadEntries) void loadOlder()
  }, [hasOlder, loading, failed, firstShown, loadOlder])
  // One's own message is always wanted on the screen.
  const last = entries.at(-1)
  const own = last?.kind === 'message' ? last.pending?.id : undefined
  useEffect(() => {
    if (own !== undefined) virtual.scrollToEnd()
  }, [own, virtual])
  return (
    <>
      <div ref={scroller} onScroll={noteEnd} className={`${classes.scroller} ${classes.fromEnd}`} tabIndex={0} data-own-arrows role="log" aria-label={t('thread.name')} aria-live="off">
        {loading && !failed ? <Loader type="dots" size="sm" mx="auto" display="block" aria-label={t('thread.loadingOlder')} pos="sticky" top={4} h={0} /> : null}
        <div className={classes.virtual} style={{ height }}>
          {shown.map(({ index, key, start }) => {
            const entry = entries[index]
            const before = entries[index - 1]
            if (!entry) return null
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={classes.virtualRow}
                style={{ transform: `translateY(${start}px)` }}
              >
                <ThreadEntry
                  conversation={conversation}
                  at={entry.at}
                  {...(entry.kind === 'note' ? { note: entry.note } : { message: entry.message, pending: entry.pending, resent: entry.resent })}
                  sought={entry.key === sought}
                  maySend={maySend}
                  newDay={before ? dayOf(before.at) !== dayOf(entry.at) : !hasOlder}
                />
              </div>
            )
          })}
        </div>
      </div>
      {virtual.scrollElement && !virtual.isAtEnd(nearEndPx) ? (
        <ActionIcon
          className={classes.toNewest}
          size="lg"
          radius="xl"
          variant="default"
          aria-label={t('thread.toNewest')}
          onClick={() => virtual.scrollToEnd()}
        >
          <IconArrowDown size={18} aria-hidden />
        </ActionIcon>
      ) : null}
    </>
  )
}

/** Read out by screen readers; the entries themselves come and go while one scrolls. */
function Arrivals({ thread }: { thread: MessageThread | undefined }) {
  const { t } = useTranslation('inbox')
  const preview = useMessagePreview()
  const arrived = useArrived(thread)
  return (
    <VisuallyHidden role="status">
      {arrived ? <span key={arrived.id}>{t('thread.arrived', { text: preview(arrived) })}</span> : null}
    </VisuallyHidden>
  )
}

/** Notes as far back as messages are loaded. */
function useNotes(id: string, thread: MessageThread | undefined): UseInfiniteQueryResult<Notes> {
  const query = useInfiniteQuery(notesQuery(id))
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query
  const oldestMessage = thread?.pages.at(-1)?.messages.at(-1)?.timestamp
  const oldestNote = data?.pages.at(-1)?.notes.at(-1)?.createdAt
  const behind = hasNextPage && oldestMessage !== undefined && oldestNote !== undefined && oldestNote > oldestMessage
  useEffect(() => {
    if (behind && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [behind, isFetchingNextPage, isFetchNextPageError, fetchNextPage])
  return query
}

/** Whoever reads the newest message still sees it when the field below grows. Gives what to call on scrolling. */
function useStayAtEnd(scroller: RefObject<HTMLDivElement | null>, toEnd: () => void): () => void {
  const atEnd = useRef(true)
  const latest = useRef(toEnd)
  latest.current = toEnd
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current) latest.current()
    })
    if (scroller.current) observer.observe(scroller.current)
    return () => observer.disconnect()
  }, [scroller])
  return () => {
    const element = scroller.current
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPx
  }
}
