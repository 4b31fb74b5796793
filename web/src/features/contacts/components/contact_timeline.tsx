// What happened with a contact: messages, notes and decisions in one column, newest first.
import { Text } from '@mantine/core'
import {
  IconAlarm, IconArrowBackUp, IconArrowForwardUp, IconBellOff, IconBell, IconCircleCheck, IconCircleDot, IconNote, IconRotate, IconUserCheck,
  IconUserPlus, type Icon,
} from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { TimeText } from '@/components/time_text'
import { timelineQuery, type TimelineEntry } from '@/features/contacts/api/timeline'
import classes from '@/features/contacts/components/contact_timeline.module.css'
import { useMessagePreview } from '@/features/messages'

const events = {
  'contact.created': { name: 'created', icon: IconUserPlus },
  'contact.opted_out': { name: 'optedOut', icon: IconBellOff },
  'contact.opted_in': { name: 'optedIn', icon: IconBell },
  'contact.manually_opted_out': { name: 'optedOutByHand', icon: IconBellOff },
  'contact.manually_opted_in': { name: 'optedInByHand', icon: IconBell },
  'conversation.assigned': { name: 'assigned', icon: IconUserCheck },
  'conversation.resolved': { name: 'resolved', icon: IconCircleCheck },
  'conversation.reopened': { name: 'reopened', icon: IconRotate },
  'conversation.snoozed': { name: 'snoozed', icon: IconAlarm },
} as const
const isKnown = (action: string): action is keyof typeof events => action in events

export function ContactTimeline({ contactId }: { contactId: string }) {
  const { t } = useTranslation('contacts')
  const query = useInfiniteQuery(timelineQuery(contactId))
  return (
    <QueryView query={query} empty={{ when: (entries) => entries.length === 0, show: <EmptyState title={t('timeline.empty')} /> }}>
      {(entries) => (
        <>
          <ol className={classes.timeline} aria-label={t('timeline.name')}>
            {entries.map((entry, index) => (
              <Entry key={`${entry.kind}-${entry.message?.id ?? entry.note?.id ?? index}`} entry={entry} />
            ))}
          </ol>
          <LoadMore query={query} />
        </>
      )}
    </QueryView>
  )
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { icon: Sign, title, by, text } = useShown(entry)
  return (
    <li className={classes.entry} data-kind={entry.kind}>
      <Sign size={16} stroke={1.7} aria-hidden />
      <div className={classes.body}>
        <Text size="xs" c="dimmed">
          {title}
          {by ? (
            <>
              {' · '}
              <bdi>{by}</bdi>
            </>
          ) : null}
          {' · '}
          <TimeText at={entry.at} />
        </Text>
        {text ? (
          <Text size="sm" lineClamp={3} dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {text}
          </Text>
        ) : null}
      </div>
    </li>
  )
}

interface Shown {
  icon: Icon
  title: string
  by?: string
  text?: string
}

function useShown({ message, note, event }: TimelineEntry): Shown {
  const { t } = useTranslation('contacts')
  const preview = useMessagePreview()
  if (message) {
    const inbound = message.direction === 'inbound'
    return {
      icon: inbound ? IconArrowBackUp : IconArrowForwardUp,
      title: t(inbound ? 'timeline.received' : 'timeline.sent'),
      text: preview(message),
    }
  }
  if (note) return { icon: IconNote, title: t('timeline.note'), by: note.author.name, text: note.text }
  const action = event?.action ?? ''
  const by = event?.actor.name
  if (!isKnown(action)) return { icon: IconCircleDot, title: t('timeline.events.other', { action }), by }
  const { name, icon } = events[action]
  return { icon, title: t(`timeline.events.${name}`), by }
}
