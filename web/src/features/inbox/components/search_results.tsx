// People whose name or number fits; choosing one opens the conversation with them.
import { ScrollArea, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { ContactAvatar, ContactName, contactSearchQuery } from '@/features/contacts'
import { fetchConversationWith } from '@/features/inbox/api/conversations'
import classes from '@/features/inbox/components/inbox.module.css'
import { useNotifyFailure } from '@/lib/use_notify_failure'

const typingPauseMs = 200

export function SearchResults({ search, onOpened }: { search: string; onOpened: () => void }) {
  const { t } = useTranslation('inbox')
  const [wanted] = useDebouncedValue(search.trim(), typingPauseMs)
  const query = useQuery(contactSearchQuery(wanted))
  const navigate = useNavigate()
  const notifyFailure = useNotifyFailure()
  const open = (event: MouseEvent, contactId: string) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    fetchConversationWith(contactId)
      .then((conversation) => {
        onOpened()
        return navigate({ to: conversation ? `/inbox/${conversation.id}` : `/contacts/${contactId}` })
      })
      .catch(notifyFailure)
  }
  return (
    <QueryView
      query={query}
      empty={{ when: ({ contacts }) => contacts.length === 0, show: <EmptyState title={t('search.nobody')} /> }}
    >
      {({ contacts }) => (
        <ScrollArea style={{ flex: 1 }} component="ul" p={0} m={0} aria-label={t('search.results')}>
          {contacts.map((contact) => (
            <li key={contact.id} style={{ listStyle: 'none', height: 60 }}>
              <Link to={`/contacts/${contact.id}`} className={classes.row} onClick={(event) => open(event, contact.id)}>
                <ContactAvatar contact={contact} size={36} />
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={500} truncate>
                    <ContactName contact={contact} />
                  </Text>
                  <Text size="xs" c="dimmed">
                    <bdi dir="ltr">{contact.phone}</bdi>
                  </Text>
                </div>
              </Link>
            </li>
          ))}
        </ScrollArea>
      )}
    </QueryView>
  )
}
