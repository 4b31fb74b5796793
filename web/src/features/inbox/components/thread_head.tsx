// Above a thread: who it is with, how long one may answer freely, who looks after it.
import { ActionIcon, Badge, Text, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconBellOff, IconClock, IconInfoCircle, IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ContactAvatar, ContactName, type Contact } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'
import { AssignMenu } from '@/features/inbox/components/assign_menu'
import classes from '@/features/inbox/components/inbox.module.css'
import { formatLeft, windowLeft } from '@/features/inbox/window'
import { useNow } from '@/lib/use_now'

interface HeadProps {
  conversation: Conversation
  contact: Contact | undefined
  detailsShown: boolean
  onDetails: () => void
}

export function ThreadHead({ conversation, contact, detailsShown, onDetails }: HeadProps) {
  const { t } = useTranslation('inbox')
  return (
    <header className={classes.threadHead}>
      <ActionIcon component={Link} to="/inbox" className={classes.back} variant="subtle" color="gray" size="lg" aria-label={t('thread.back')}>
        <IconArrowLeft size={20} className={classes.flip} aria-hidden />
      </ActionIcon>
      <ContactAvatar contact={contact} size={36} />
      <div className={classes.grow}>
        <Text component="h2" size="sm" fw={600} m={0} truncate>
          {contact ? <ContactName contact={contact} /> : '…'}
        </Text>
        <Text component="div" size="xs" c="dimmed" truncate>
          {contact?.optOut.status ? (
            <Badge size="sm" color="red" variant="light" leftSection={<IconBellOff size={11} aria-hidden />}>
              {t('row.optedOut')}
            </Badge>
          ) : (
            <WindowTimer conversation={conversation} />
          )}
        </Text>
      </div>
      <AssignMenu conversation={conversation} />
      <Tooltip label={t('thread.details')}>
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

const soonMs = 2 * 3_600_000

function WindowTimer({ conversation }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation('inbox')
  const left = windowLeft(conversation, useNow())
  if (left === null || left === 0) {
    return (
      <span style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }}>
        <IconLock size={12} aria-hidden /> {t(left === null ? 'window.never' : 'window.shut')}
      </span>
    )
  }
  return (
    <Tooltip label={t('window.about')} multiline maw={280}>
      <Text span inherit c={left < soonMs ? 'var(--mantine-color-error)' : undefined} style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }}>
        <IconClock size={12} aria-hidden /> {t('window.left', { time: formatLeft(left, i18n.language) })}
      </Text>
    </Tooltip>
  )
}
