// The shared inbox: list, thread and contact side by side; on a phone one at a time.
import { Drawer, VisuallyHidden } from '@mantine/core'
import { useDocumentTitle, useMediaQuery } from '@mantine/hooks'
import { IconMessages } from '@tabler/icons-react'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { LoadingState, State } from '@/components/states'
import { ConversationList } from '@/features/inbox/components/conversation_list'
import classes from '@/features/inbox/components/inbox.module.css'
import { ListHead } from '@/features/inbox/components/list_head'
import { useFilter } from '@/features/inbox/filter'
import { useShortcuts } from '@/features/inbox/use_shortcuts'

// Asked for when a conversation is opened, and a moment before when somebody is about to.
const loadConversation = () => import('@/features/inbox/components/conversation')
const ConversationPane = lazy(async () => ({ default: (await loadConversation()).ConversationPane }))
const ConversationDetails = lazy(async () => ({ default: (await loadConversation()).ConversationDetails }))
// Asked for when somebody searches.
const SearchResults = lazy(async () => ({ default: (await import('@/features/inbox/components/search_results')).SearchResults }))

export function InboxPage() {
  const { t } = useTranslation('inbox')
  useDocumentTitle(`${t('title')} · wApi`)
  const { conversationId } = useParams({ strict: false }) as { conversationId?: string }
  const { message: sought } = useSearch({ strict: false }) as { message?: string }
  const navigate = useNavigate()
  const [filter, setFilter] = useFilter()
  const [search, setSearch] = useState('')
  const wide = useMediaQuery('(min-width: 75em)', false, { getInitialValueInEffect: false })
  const [beside, setBeside] = useState(true)
  const [drawer, setDrawer] = useState(false)
  useEffect(() => setDrawer(false), [conversationId]) // also when the browser went back
  const toggleDetails = () => (wide ? setBeside(!beside) : setDrawer(!drawer))
  useShortcuts(conversationId ? { details: toggleDetails, leave: () => void navigate({ to: '/inbox' }) } : {})
  const withDetails = wide && beside && conversationId !== undefined
  return (
    <div className={`${classes.inbox} ${withDetails ? classes.withDetails : ''}`} data-open={conversationId !== undefined}>
      <VisuallyHidden component="h1">{t('title')}</VisuallyHidden>
      <section className={`${classes.pane} ${classes.list}`} aria-label={t('title')} onKeyDown={moveThroughHits} onPointerEnter={prepare} onFocus={prepare}>
        <ListHead filter={filter} onFilter={setFilter} search={search} onSearch={setSearch} />
        {search.trim() === '' ? (
          <ConversationList filter={filter} openId={conversationId} />
        ) : (
          <Suspense fallback={<LoadingState />}>
            <SearchResults search={search} onOpened={() => setSearch('')} />
          </Suspense>
        )}
      </section>
      <section className={`${classes.pane} ${classes.thread}`} aria-label={t('thread.name')}>
        {conversationId ? (
          <Suspense fallback={<LoadingState />}>
            <ConversationPane id={conversationId} sought={sought} detailsShown={wide ? beside : drawer} onDetails={toggleDetails} />
          </Suspense>
        ) : (
          <div className={classes.nothing}>
            <State icon={<IconMessages size={26} stroke={1.5} />} title={t('thread.none')} text={t('thread.noneText')} />
          </div>
        )}
      </section>
      {withDetails ? (
        <aside className={classes.details} aria-label={t('thread.details')}>
          <Suspense fallback={<LoadingState />}>
            <ConversationDetails id={conversationId} />
          </Suspense>
        </aside>
      ) : null}
      {conversationId && !wide ? (
        <Drawer opened={drawer} onClose={() => setDrawer(false)} position="right" title={t('thread.details')} closeButtonProps={{ 'aria-label': t('thread.closeDetails') }}>
          <Suspense fallback={<LoadingState />}>
            <ConversationDetails id={conversationId} />
          </Suspense>
        </Drawer>
      ) : null}
    </div>
  )
}

function prepare(): void {
  void loadConversation()
}

/** The arrows go from the field of a search to its results, and on. */
function moveThroughHits(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-hits] a')]
  if (!step || links.length === 0) return
  event.preventDefault()
  const to = links.findIndex((link) => link === document.activeElement) + step
  const wanted = to < 0 ? event.currentTarget.querySelector<HTMLElement>('input') : links[to]
  wanted?.focus()
}
