// A message or note with what belongs to it: the line of a new day, what can be done when it failed.
import { Button, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { memo } from 'react'

import type { Conversation } from '@/features/inbox/api/conversations'
import type { Note } from '@/features/inbox/api/notes'
import { canRetry, isRefused, isSent, retryOf, textTo, useDiscard, useSend, type Pending } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { NoteBubble } from '@/features/inbox/components/note_bubble'
import { dayLabel } from '@/features/inbox/days'
import { isWindowOpen } from '@/features/inbox/window'
import { canSendAgain, MessageBubble, type Message } from '@/features/messages'
import { useFailureText } from '@/lib/use_failure_text'
import { useByNow } from '@/lib/use_now'
import { useWords } from '@/lib/words'

interface EntryProps {
  conversation: Conversation
  at: string
  message?: Message
  pending?: Pending
  note?: Note
  /** The same text was written again. */
  resent?: boolean
  newDay: boolean
  /** What a search has led to. */
  sought: boolean
  maySend: boolean
}

export const ThreadEntry = memo(function ThreadEntry(props: EntryProps) {
  const { conversation, at, message, pending, note, resent, newDay, sought, maySend } = props
  return (
    <>
      {newDay ? <Day at={at} /> : null}
      <div className={classes.message} data-sought={sought || undefined}>
        {note ? <NoteBubble note={note} /> : null}
        {message && pending ? (
          <MessageBubble unsent message={message} actions={pending.failure ? <FailedActions pending={pending} maySend={maySend} /> : null} />
        ) : null}
        {message && !pending ? (
          <MessageBubble
            message={message}
            actions={maySend && !resent && canSendAgain(message) ? <SendAgain conversation={conversation} message={message} /> : null}
          />
        ) : null}
      </div>
    </>
  )
})

function Day({ at }: { at: string }) {
  const { language } = useWords('inbox')
  return (
    <div className={classes.day}>
      <span>{useByNow((now) => dayLabel(at, now, language))}</span>
    </div>
  )
}

/** Its key is made of the message's id: whoever asks again, and however often, it goes out once. */
function SendAgain({ conversation, message: { id, body } }: { conversation: Conversation; message: Message }) {
  const { t } = useWords('inbox')
  const client = useQueryClient()
  const send = useSend(conversation.id)
  const open = useByNow((now) => isWindowOpen(conversation, now))
  if (!open) return null
  const again = () => {
    const outgoing = { ...textTo(conversation, body), idempotencyKey: `again-${id}` }
    if (!isSent(client, outgoing)) send.mutate(outgoing)
  }
  return (
    <Button size="compact-xs" variant="default" disabled={send.isPending} onClick={again}>
      {t('thread.sendAgain')}
    </Button>
  )
}

/** The server refused it, or did not answer: then the same key makes sure that it goes out once. */
function FailedActions({ pending, maySend }: { pending: Pending; maySend: boolean }) {
  const { t } = useWords('inbox')
  const failureText = useFailureText()
  const send = useSend(pending.outgoing.conversationId)
  const discard = useDiscard()
  const retryable = useByNow((now) => canRetry(pending, now))
  const doubt = retryable ? t('thread.unanswered') : t('thread.unansweredLong')
  const again = () => {
    const retry = retryOf(pending, Date.now())
    if (retry && discard(pending)) send.mutate(retry)
  }
  return (
    <>
      <Text size="xs" c="var(--mantine-color-error)" role="alert" w="100%">
        {isRefused(pending) ? t('thread.refused') : doubt} {failureText(pending.failure)}
      </Text>
      {maySend && retryable ? (
        <Button size="compact-xs" variant="default" onClick={again}>
          {t('thread.tryAgain')}
        </Button>
      ) : null}
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => discard(pending)}>
        {t('thread.discard')}
      </Button>
    </>
  )
}
