// One conversation of the list: who, when, what was said last, and what needs attention.
import { Badge, Skeleton, Text, Tooltip } from '@mantine/core'
import { IconBellOff, IconLock, IconUserCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'

import { relativeTime } from '@/components/time_text'
import { ContactAvatar, ContactName, useOptOutText } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'
import classes from '@/features/inbox/components/inbox.module.css'
import { useRowContact } from '@/features/inbox/row_contact'
import { isWindowOpen } from '@/features/inbox/window'
import { MessageTicks, useMessagePreview } from '@/features/messages'
import { useNow } from '@/lib/use_now'

interface RowProps {
  conversation: Conversation
  open: boolean
  myId: string | undefined
}

export const ConversationRow = memo(function ConversationRow({ conversation, open, myId }: RowProps) {
  const { i18n } = useTranslation('inbox')
  const contact = useRowContact(conversation)
  const now = useNow()
  const { id, lastMessage, lastMessageAt, unreadCount } = conversation
  const unread = unreadCount > 0 && !open
  return (
    <Link to={`/inbox/${id}`} className={classes.row} aria-current={open} data-conversation={id} draggable={false}>
      <ContactAvatar contact={contact} size={40} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.rowLine}>
          <Text component="div" size="sm" fw={unread ? 700 : 500} dir="auto" truncate className={classes.grow}>
            {contact ? <ContactName contact={contact} /> : <Skeleton height={12} width="60%" my={4} />}
          </Text>
          {lastMessageAt ? (
            <Text size="xs" c={unread ? undefined : 'dimmed'} component="time" dateTime={lastMessageAt} style={{ whiteSpace: 'nowrap' }}>
              {relativeTime(Date.parse(lastMessageAt), now, i18n.language)}
            </Text>
          ) : null}
        </div>
        <div className={classes.rowLine}>
          {lastMessage?.direction === 'outbound' ? <MessageTicks status={lastMessage.status} size={14} /> : null}
          <Preview conversation={conversation} unread={unread} />
          <Marks conversation={conversation} myId={myId} now={now} />
        </div>
      </div>
    </Link>
  )
})

function Preview({ conversation: { lastMessage }, unread }: { conversation: Conversation; unread: boolean }) {
  const { t } = useTranslation('inbox')
  const preview = useMessagePreview()
  return (
    <Text size="xs" c={unread ? undefined : 'dimmed'} fw={unread ? 600 : undefined} dir="auto" truncate className={classes.grow}>
      <bdi>{lastMessage ? preview(lastMessage) : t('row.nothing')}</bdi>
    </Text>
  )
}

function Marks({ conversation, myId, now }: { conversation: Conversation; myId: string | undefined; now: number }) {
  const { t } = useTranslation('inbox')
  const contact = useRowContact(conversation)
  const optOutText = useOptOutText()
  const optedOut = contact ? optOutText(contact) : null
  return (
    <>
      {optedOut ? (
        <Tooltip label={optedOut} multiline maw={260}>
          <IconBellOff size={14} color="var(--mantine-color-error)" role="img" aria-label={t('row.optedOut')} />
        </Tooltip>
      ) : null}
      {!optedOut && !isWindowOpen(conversation, now) ? (
        <Tooltip label={t('row.windowShut')}>
          <IconLock size={14} stroke={1.6} color="var(--mantine-color-dimmed)" role="img" aria-label={t('row.windowShut')} />
        </Tooltip>
      ) : null}
      {conversation.assigneeId === myId && myId ? (
        <Tooltip label={t('row.mine')}>
          <IconUserCheck size={14} stroke={1.6} color="var(--mantine-color-dimmed)" role="img" aria-label={t('row.mine')} />
        </Tooltip>
      ) : null}
      {conversation.unreadCount > 0 ? (
        <Badge size="sm" circle={conversation.unreadCount < 10} aria-label={t('row.unread', { count: conversation.unreadCount })}>
          {conversation.unreadCount > 99 ? '99+' : conversation.unreadCount}
        </Badge>
      ) : null}
    </>
  )
}
