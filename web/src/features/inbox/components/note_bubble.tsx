// A note in the thread: it looks like none of the messages, so that nobody takes it for one.
import { ActionIcon, Badge } from '@mantine/core'
import { IconNote, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { useRemoveNote, type Note } from '@/features/inbox/api/notes'
import classes from '@/features/inbox/components/note_bubble.module.css'
import { FormattedText } from '@/features/messages'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'

export function NoteBubble({ note }: { note: Note }) {
  const { t, i18n } = useTranslation('inbox')
  const { data: me } = useMe()
  const mayWrite = useAllowed('sendMessages')
  const mine = note.author.kind === 'user' && note.author.id === me?.user.id
  const by = useAuthor(note, mine)
  return (
    <div className={classes.note} role="article" aria-label={by}>
      <div className={classes.head}>
        <IconNote size={14} stroke={1.8} aria-hidden />
        <bdi>{by}</bdi>
        {me && note.mentions.includes(me.user.id) ? (
          <Badge size="xs" color="orange.9" variant="filled">
            {t('notes.mentionsYou')}
          </Badge>
        ) : null}
      </div>
      <div className={classes.text} dir="auto">
        <FormattedText text={note.text} />
      </div>
      <div className={classes.foot}>
        <time dateTime={note.createdAt}>
          {new Intl.DateTimeFormat(i18n.language, { timeStyle: 'short' }).format(new Date(note.createdAt))}
        </time>
        {mine && mayWrite ? <RemoveNote note={note} /> : null}
      </div>
    </div>
  )
}

function useAuthor({ author: { kind, name } }: Note, mine: boolean): string {
  const { t } = useTranslation('inbox')
  if (mine) return t('notes.byYou')
  if (kind === 'api_key') return t('notes.byKey')
  return name === '' ? t('notes.byNobody') : t('notes.by', { name })
}

function RemoveNote({ note }: { note: Note }) {
  const { t } = useTranslation('inbox')
  const [asking, setAsking] = useState(false)
  const remove = useRemoveNote(note)
  return (
    <>
      <ActionIcon size="xs" variant="transparent" color="gray" c="inherit" aria-label={t('notes.remove')} title={t('notes.remove')} onClick={() => setAsking(true)}>
        <IconTrash size={13} aria-hidden />
      </ActionIcon>
      {asking ? (
        <ConfirmDialog
          title={t('notes.removeQuestion')}
          text={t('notes.removeText')}
          act={t('notes.remove')}
          pending={remove.isPending}
          failure={remove.error}
          onConfirm={() => remove.mutate(undefined, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  )
}
