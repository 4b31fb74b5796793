// A message or note with what belongs to it: the line of a new day, what can be done when it failed.
import { Button, Text } from '@mantine/core'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Conversation } from '@/features/inbox/api/conversations'
import type { Note } from '@/features/inbox/api/notes'
import { newKey, surelyFailed, textTo, useDiscard, useSend, type Pending } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { NoteBubble } from '@/features/inbox/components/note_bubble'
import { dayLabel } from '@/features/inbox/days'
import { isWindowOpen } from '@/features/inbox/window'
import { canSendAgain, MessageBubble, type Message } from '@/features/messages'
import { useAllowed } from '@/lib/permissions'
import { useFailureText } from '@/lib/use_failure_text'
import { useNow } from '@/lib/use_now'

interface EntryProps {
  conversation: Conversation
  at: string
  message?: Message
  pending?: Pending
  note?: Note
  newDay: boolean
  /** What a search has led to. */
  sought: boolean
}

export const ThreadEntry = memo(function ThreadEntry({ conversation, at, message, pending, note, newDay, sought }: EntryProps) {
  return (
    <>
      {newDay ? <Day at={at} /> : null}
      <div className={classes.message} data-sought={sought || undefined}>
        {note ? <NoteBubble note={note} /> : null}
        {message && pending ? (
          <MessageBubble unsent message={message} actions={pending.failure ? <FailedActions pending={pending} /> : null} />
        ) : null}
        {message && !pending ? <Stored conversation={conversation} message={message} /> : null}
      </div>
    </>
  )
})

function Stored({ conversation, message }: { conversation: Conversation; message: Message }) {
  const maySend = useAllowed('sendMessages')
  return (
    <MessageBubble
      message={message}
      actions={maySend && canSendAgain(message) ? <SendAgain conversation={conversation} text={message.body} /> : null}
    />
  )
}

function Day({ at }: { at: string }) {
  const { i18n } = useTranslation()
  return (
    <div className={classes.day}>
      <span>{dayLabel(at, useNow(), i18n.language)}</span>
    </div>
  )
}

function SendAgain({ conversation, text }: { conversation: Conversation; text: string }) {
  const { t } = useTranslation('inbox')
  const send = useSend(conversation.id)
  const open = isWindowOpen(conversation, useNow())
  if (!open) return null
  return (
    <Button size="compact-xs" variant="default" onClick={() => send.mutate(textTo(conversation, text))}>
      {t('thread.sendAgain')}
    </Button>
  )
}

/** The server refused it, or did not answer: then the same key makes sure that it goes out once. */
function FailedActions({ pending: { outgoing, failure, id } }: { pending: Pending }) {
  const { t } = useTranslation('inbox')
  const failureText = useFailureText()
  const send = useSend(outgoing.conversationId)
  const discard = useDiscard()
  const refused = surelyFailed(failure)
  const again = () => {
    discard(id)
    send.mutate(refused ? { ...outgoing, idempotencyKey: newKey() } : outgoing)
  }
  return (
    <>
      <Text size="xs" c="var(--mantine-color-error)" role="alert" w="100%">
        {refused ? t('thread.refused') : t('thread.unanswered')} {failureText(failure)}
      </Text>
      <Button size="compact-xs" variant="default" onClick={again}>
        {t('thread.tryAgain')}
      </Button>
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => discard(id)}>
        {t('thread.discard')}
      </Button>
    </>
  )
}
