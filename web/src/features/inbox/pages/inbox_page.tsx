// The shared inbox: list, thread and contact side by side; on a phone one at a time.
import { Anchor, Drawer, Text, VisuallyHidden } from '@mantine/core'
import { useDocumentTitle, useMediaQuery, useSessionStorage } from '@mantine/hooks'
import { IconMessages } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { State } from '@/components/states'
import { ContactDetails } from '@/features/contacts'
import { conversationQuery, type ListFilter } from '@/features/inbox/api/conversations'
import { ConversationList } from '@/features/inbox/components/conversation_list'
import { ConversationPane } from '@/features/inbox/components/conversation_pane'
import classes from '@/features/inbox/components/inbox.module.css'
import { ListHead } from '@/features/inbox/components/list_head'
import { SearchResults } from '@/features/inbox/components/search_results'
import { useShortcuts } from '@/features/inbox/use_shortcuts'

const everything: ListFilter = { status: 'open', assignee: '' }

export function InboxPage() {
  const { t } = useTranslation('inbox')
  useDocumentTitle(`${t('title')} · wApi`)
  const { conversationId } = useParams({ strict: false }) as { conversationId?: string }
  const navigate = useNavigate()
  const [filter, setFilter] = useSessionStorage<ListFilter>({ key: 'wapi-inbox-filter', defaultValue: everything, getInitialValueInEffect: false })
  const [search, setSearch] = useState('')
  const wide = useMediaQuery('(min-width: 75em)', false, { getInitialValueInEffect: false })
  const [beside, setBeside] = useState(true)
  const [drawer, setDrawer] = useState(false)
  const toggleDetails = () => (wide ? setBeside(!beside) : setDrawer(!drawer))
  useShortcuts(conversationId ? { details: toggleDetails, leave: () => void navigate({ to: '/inbox' }) } : {})
  const withDetails = wide && beside && conversationId !== undefined
  return (
    <div className={`${classes.inbox} ${withDetails ? classes.withDetails : ''}`} data-open={conversationId !== undefined}>
      <VisuallyHidden component="h1">{t('title')}</VisuallyHidden>
      <section className={`${classes.pane} ${classes.list}`} aria-label={t('title')}>
        <ListHead filter={filter} onFilter={setFilter} search={search} onSearch={setSearch} />
        {search.trim() === '' ? (
          <ConversationList filter={filter} openId={conversationId} />
        ) : (
          <SearchResults search={search} onOpened={() => setSearch('')} />
        )}
      </section>
      <section className={`${classes.pane} ${classes.thread}`} aria-label={t('thread.name')}>
        {conversationId ? (
          <ConversationPane id={conversationId} detailsShown={wide ? beside : drawer} onDetails={toggleDetails} />
        ) : (
          <State icon={<IconMessages size={26} stroke={1.5} />} title={t('thread.none')} text={t('thread.noneText')} />
        )}
      </section>
      {withDetails ? (
        <aside className={classes.details} aria-label={t('thread.details')}>
          <DetailsOf conversationId={conversationId} />
        </aside>
      ) : null}
      {conversationId && !wide ? (
        <Drawer opened={drawer} onClose={() => setDrawer(false)} position="right" title={t('thread.details')} closeButtonProps={{ 'aria-label': t('thread.closeDetails') }}>
          <DetailsOf conversationId={conversationId} />
        </Drawer>
      ) : null}
    </div>
  )
}

function DetailsOf({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation('inbox')
  const { data } = useQuery(conversationQuery(conversationId))
  if (!data) return null
  return (
    <>
      <ContactDetails contactId={data.contactId} />
      <Text size="sm" mt="md">
        <Anchor component={Link} to={`/contacts/${data.contactId}`} inherit>
          {t('thread.wholeContact')}
        </Anchor>
      </Text>
    </>
  )
}
