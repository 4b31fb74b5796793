// What the words of a search are in: people first, then messages; choosing one opens the conversation.
import { Divider, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { LoadMore } from '@/components/load_more'
import { OwnLine } from '@/components/own_line'
import { QueryView } from '@/components/query_view'
import { EmptyState, FailedState, LoadingState } from '@/components/states'
import { relativeTime } from '@/components/time_text'
import { ContactAvatar, contactLabel } from '@/features/contacts'
import { fetchConversationWith } from '@/features/inbox/api/conversations'
import { hitsOf, isMessageHit, searchQuery, type MessageHit, type SearchHit } from '@/features/inbox/api/search'
import classes from '@/features/inbox/components/inbox.module.css'
import { Snippet } from '@/features/inbox/components/snippet'
import { useLookingFurther } from '@/lib/use_looking_further'
import { useByNow } from '@/lib/use_now'
import { useNotifyFailure } from '@/lib/use_notify_failure'

const typingPauseMs = 200
const peopleMax = 5
const pagesOfPeopleMax = 3

export function SearchResults({ search, onOpened }: { search: string; onOpened: () => void }) {
  const { t } = useTranslation('inbox')
  const [wanted] = useDebouncedValue(search.trim(), typingPauseMs)
  const messages = useInfiniteQuery(searchQuery(wanted, 'message'))
  const peopleQuery = useInfiniteQuery(searchQuery(wanted, 'contact'))
  const people = hitsOf(peopleQuery.data)
  const looking = useLookingFurther(peopleQuery, { found: people.length > 0, pagesMax: pagesOfPeopleMax })
  // When all of it has failed that is said once.
  const peopleFailed = peopleQuery.isLoadingError && !messages.isLoadingError
  const showsPeople = people.length > 0 || peopleQuery.hasNextPage || peopleFailed
  const hits = hitsOf(messages.data)
  const showsMessages = hits.length > 0 || messages.hasNextPage
  return (
    <div className={classes.scroller} data-hits>
      {showsPeople ? (
        <>
          <Divider label={t('search.people')} labelPosition="left" mx="sm" />
          {peopleFailed ? <FailedState failure={peopleQuery.error} retry={() => void peopleQuery.refetch()} /> : null}
          {people.length > 0 ? (
            <ul className={classes.hits} aria-label={t('search.people')}>
              {people.slice(0, peopleMax).map((hit) => (
                <PersonHit key={hit.contact.id} hit={hit} onOpened={onOpened} />
              ))}
            </ul>
          ) : null}
          {people.length === 0 && !looking && !peopleFailed && !peopleQuery.isFetchNextPageError ? (
            <Text size="sm" c="dimmed" ta="center" p="xs">
              {t('search.nobodyYet')}
            </Text>
          ) : null}
          {people.length < peopleMax ? <LoadMore query={peopleQuery} label={t('search.morePeople')} /> : null}
        </>
      ) : null}
      <QueryView
        query={messages}
        empty={{ when: () => !showsMessages && !showsPeople && !peopleQuery.isPending, show: <EmptyState title={t('search.nothing')} text={t('search.nothingText')} /> }}
      >
        {() =>
          showsMessages ? (
            <>
              <Divider label={t('search.messages')} labelPosition="left" mx="sm" />
              <ul className={classes.hits} aria-label={t('search.messages')}>
                {hits.filter(isMessageHit).map((hit) => (
                  <FoundMessageRow key={hit.message.id} hit={hit} onOpened={onOpened} />
                ))}
              </ul>
              <LoadMore query={messages} />
            </>
          ) : peopleQuery.isPending ? (
            <LoadingState />
          ) : null
        }
      </QueryView>
    </div>
  )
}

interface HitProps<Hit> {
  hit: Hit
  onOpened: () => void
}

/** The conversation with a person is asked for when they are chosen. */
function PersonHit({ hit: { contact }, onOpened }: HitProps<SearchHit>) {
  const navigate = useNavigate()
  const notifyFailure = useNotifyFailure()
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    fetchConversationWith(contact.id)
      .then((conversation) => {
        onOpened()
        return navigate({ to: conversation ? `/inbox/${conversation.id}` : `/contacts/${contact.id}` })
      })
      .catch(notifyFailure)
  }
  return (
    <li>
      <Link to={`/contacts/${contact.id}`} className={classes.row} onClick={open}>
        <ContactAvatar contact={contact} size={36} />
        <div style={{ minWidth: 0 }}>
          <OwnLine size="sm" fw={500}>
            {contactLabel(contact)}
          </OwnLine>
          <Text size="xs" c="dimmed">
            <bdi dir="ltr">{contact.phone}</bdi>
          </Text>
        </div>
      </Link>
    </li>
  )
}

function FoundMessageRow({ hit: { contact, message }, onOpened }: HitProps<MessageHit>) {
  const { t, i18n } = useTranslation('inbox')
  const ago = useByNow((now) => relativeTime(Date.parse(message.timestamp), now, i18n.language))
  return (
    <li>
      <Link to={`/inbox/${message.conversationId}`} search={{ message: message.id }} className={classes.row} onClick={onOpened}>
        <ContactAvatar contact={contact} size={36} />
        <div style={{ minWidth: 0 }}>
          <div className={classes.rowLine}>
            <OwnLine size="sm" fw={500} className={classes.grow}>
              {contactLabel(contact)}
            </OwnLine>
            <Text size="xs" c="dimmed" component="time" dateTime={message.timestamp} style={{ whiteSpace: 'nowrap' }}>
              {ago}
            </Text>
          </div>
          <Text size="xs" c="dimmed" dir="auto" lineClamp={2}>
            {message.direction === 'outbound' ? `${t('search.ours')}: ` : null}
            <Snippet parts={message.snippet} />
          </Text>
        </div>
      </Link>
    </li>
  )
}
