// Above a thread: who it is with, how long one may answer freely, who looks after it.
import { ActionIcon, Badge, Text, Tooltip } from '@mantine/core'
import { IconAlarm, IconArrowLeft, IconBellOff, IconCircleCheck, IconClock, IconInfoCircle, IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { OwnLine } from '@/components/own_line'
import { ContactAvatar, contactLabel } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'
import { ConversationActs } from '@/features/inbox/components/conversation_acts'
import classes from '@/features/inbox/components/inbox.module.css'
import { keyOf } from '@/features/inbox/shortcuts'
import { formatMoment } from '@/features/inbox/snooze_times'
import { formatLeft, isWindowOpen, windowLeft } from '@/features/inbox/window'
import { useByNow } from '@/lib/use_now'

interface HeadProps {
  conversation: Conversation
  detailsShown: boolean
  onDetails: () => void
}

export function ThreadHead({ conversation, detailsShown, onDetails }: HeadProps) {
  const { t } = useTranslation('inbox')
  const { contact } = conversation
  return (
    <header className={classes.threadHead}>
      <ActionIcon component={Link} to="/inbox" className={classes.back} variant="subtle" color="gray" size="lg" aria-label={t('thread.back')}>
        <IconArrowLeft size={20} className={classes.flip} aria-hidden />
      </ActionIcon>
      <ContactAvatar contact={contact} size={36} />
      <div className={classes.grow}>
        <h2 className={classes.threadTitle}>
          <OwnLine size="sm" fw={600}>
            {contactLabel(contact)}
          </OwnLine>
        </h2>
        <Text component="div" size="xs" c="dimmed" truncate>
          {conversation.status === 'open' ? null : <Standing conversation={conversation} />}
          {contact.optedOut ? (
            <Badge size="sm" color="red" variant="light" leftSection={<IconBellOff size={11} aria-hidden />}>
              {t('row.optedOut')}
            </Badge>
          ) : null}
          {conversation.status === 'open' && !contact.optedOut ? <WindowTimer conversation={conversation} /> : null}
        </Text>
      </div>
      <ConversationActs conversation={conversation} />
      <Tooltip label={`${t('thread.details')} (${keyOf('details')})`}>
        <ActionIcon
          variant={detailsShown ? 'light' : 'subtle'}
          color="gray"
          size="lg"
          aria-label={t('thread.details')}
          aria-pressed={detailsShown}
          onClick={onDetails}
        >
          <IconInfoCircle size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </header>
  )
}

function Standing({ conversation: { status, snoozedUntil } }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation('inbox')
  const text = status === 'resolved' ? t('status.resolved') : t('status.snoozed', { time: formatMoment(snoozedUntil ?? '', i18n.language) })
  const Sign = status === 'resolved' ? IconCircleCheck : IconAlarm
  return (
    <span className={classes.standing} title={text}>
      <Sign size={12} aria-hidden /> {text}
    </span>
  )
}

const soonMs = 2 * 3_600_000

function WindowTimer({ conversation }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation('inbox')
  const isOpen = useByNow((now) => isWindowOpen(conversation, now))
  const isSoon = useByNow((now) => windowLeft(conversation, now) < soonMs)
  const time = useByNow((now) => formatLeft(windowLeft(conversation, now), i18n.language))
  if (!isOpen) {
    return (
      <span className={classes.standing}>
        <IconLock size={12} aria-hidden /> {t(conversation.windowExpiresAt === null ? 'window.never' : 'window.shut')}
      </span>
    )
  }
  return (
    <Tooltip label={t('window.about')} multiline maw={280}>
      <Text span inherit c={isSoon ? 'var(--mantine-color-error)' : undefined} className={classes.standing}>
        <IconClock size={12} aria-hidden /> {t('window.left', { time })}
      </Text>
    </Tooltip>
  )
}
