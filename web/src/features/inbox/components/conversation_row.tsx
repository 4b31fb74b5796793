// One conversation of the list: who, when, what was said last, and what needs attention. Plain elements:
// ten of them are drawn in each frame while somebody scrolls.
import { IconBellOff, IconLock } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'

import { RowLink } from '@/components/row_link'
import { relativeTime } from '@/components/time_text'
import { ContactAvatar, contactLabel, initialsOf } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'
import classes from '@/features/inbox/components/inbox.module.css'
import { isWindowOpen } from '@/features/inbox/window'
import { MessageTicks, useMessagePreview } from '@/features/messages'
import { useByNow } from '@/lib/use_now'
import { useWords } from '@/lib/words'

const tagsShown = 1
// Made once: a row that shows another conversation keeps the sign it has.
const optedOutSign = <IconBellOff size={14} color="var(--mantine-color-error)" aria-hidden />
const windowShutSign = <IconLock size={14} stroke={1.6} aria-hidden />

interface RowProps {
  conversation: Conversation
  open: boolean
  myId: string | undefined
  /** Without its signs, whose elements differ from row to row: for when one pulls too fast to see them. */
  brief: boolean
}

export const ConversationRow = memo(function ConversationRow({ conversation, open, myId, brief }: RowProps) {
  const { language } = useWords('inbox')
  const { id, contact, lastMessage, lastMessageAt, unreadCount } = conversation
  const { ago, isOpen } = useTimes(conversation, language)
  const unread = unreadCount > 0 && !open
  return (
    <RowLink to={`/inbox/${id}`} className={classes.row} data-unread={unread} aria-current={open} data-conversation={id} draggable={false}>
      <ContactAvatar contact={contact} size={40} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.rowLine}>
          <div className={`${classes.grow} ${classes.rowName}`} dir="auto">
            {contactLabel(contact)}
          </div>
          {lastMessageAt ? (
            <time className={classes.rowTime} dateTime={lastMessageAt}>
              {ago}
            </time>
          ) : null}
        </div>
        <div className={classes.rowLine}>
          {!brief && lastMessage?.direction === 'outbound' ? <MessageTicks status={lastMessage.status} size={14} /> : null}
          <Preview conversation={conversation} />
          {brief ? null : <Marks conversation={conversation} myId={myId} isOpen={isOpen} />}
        </div>
      </div>
    </RowLink>
  )
})

/** How long ago the last message was, and whether one may answer freely: one look at the clock for both. */
function useTimes(conversation: Conversation, language: string): { ago: string; isOpen: boolean } {
  const { lastMessageAt } = conversation
  const times = useByNow((now) => {
    const ago = lastMessageAt ? relativeTime(Date.parse(lastMessageAt), now, language) : ''
    return `${isWindowOpen(conversation, now) ? 'open' : 'shut'} ${ago}`
  })
  return { ago: times.slice(5), isOpen: times.startsWith('open') }
}

function Preview({ conversation: { lastMessage } }: { conversation: Conversation }) {
  const { t } = useWords('inbox')
  const preview = useMessagePreview()
  return (
    <div className={`${classes.grow} ${classes.rowText}`} dir="auto">
      {lastMessage ? preview(lastMessage) : t('row.nothing')}
    </div>
  )
}

function Marks({ conversation, myId, isOpen }: { conversation: Conversation; myId: string | undefined; isOpen: boolean }) {
  const { t } = useWords('inbox')
  const { contact, assignee, unreadCount } = conversation
  return (
    <>
      {contact.tags.slice(0, tagsShown).map((tag) => (
        <bdi key={tag} className={classes.tag}>
          {tag}
        </bdi>
      ))}
      {contact.optedOut ? (
        <Mark label={t('row.optedOut')}>{optedOutSign}</Mark>
      ) : null}
      {!contact.optedOut && !isOpen ? (
        <Mark label={t('row.windowShut')}>{windowShutSign}</Mark>
      ) : null}
      {assignee ? <Holder name={assignee.name} mine={assignee.id === myId} /> : null}
      {unreadCount > 0 ? (
        <span className={classes.rowCount} aria-label={t('row.unread', { count: unreadCount })}>
          {unreadCount > 99 ? '99+' : unreadCount}
        </span>
      ) : null}
    </>
  )
}

function Mark({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className={classes.rowMark} role="img" aria-label={label} title={label}>
      {children}
    </span>
  )
}

/** Whose it is, by their letters; one's own stands out. */
function Holder({ name, mine }: { name: string; mine: boolean }) {
  const { t } = useWords('inbox')
  const label = mine ? t('row.mine') : t('row.assignedTo', { name })
  return (
    <span className={classes.holder} data-mine={mine} role="img" aria-label={label} title={label}>
      {initialsOf(name)}
    </span>
  )
}
