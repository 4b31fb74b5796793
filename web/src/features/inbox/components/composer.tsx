// Below a thread: where one writes an answer, or why one cannot; and notes for the team.
import { Button, SegmentedControl, Text } from '@mantine/core'
import { IconBellOff, IconClockOff, IconLock, IconTemplate } from '@tabler/icons-react'
import { Suspense, useRef, useState, type ReactNode, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'

import { useOptOutText, type Contact } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'
import { templateTo, useSend } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { NoteForm } from '@/features/inbox/components/note_form'
import { WriteForm } from '@/features/inbox/components/write_form'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { isWindowOpen } from '@/features/inbox/window'
import { TemplatePicker } from '@/features/templates'
import { useAllowed } from '@/lib/permissions'
import { useByNow } from '@/lib/use_now'

interface ComposerProps {
  conversation: Conversation
  contact: Contact | undefined
}

export function Composer({ conversation, contact }: ComposerProps) {
  const mayWrite = useAllowed('sendMessages')
  const [chosen, setMode] = useState<Mode>('reply')
  const mode = mayWrite ? chosen : 'reply' // the permission may be taken while one writes
  const field = useRef<HTMLTextAreaElement>(null)
  const note = useRef<HTMLTextAreaElement>(null)
  const begin = (next: Mode) => {
    flushSync(() => setMode(next)) // the field must be there to take the focus
    const wanted = next === 'note' ? note : field
    wanted.current?.focus()
  }
  useShortcuts(mayWrite ? { reply: () => begin('reply'), note: () => begin('note') } : {})
  return (
    <div className={classes.composer} data-mode={mode}>
      {mayWrite ? <ModeSwitch mode={mode} onMode={begin} /> : null}
      {mode === 'note' ? (
        <NoteForm key={conversation.id} conversation={conversation} field={note} />
      ) : (
        <Reply conversation={conversation} contact={contact} field={field} />
      )}
    </div>
  )
}

type Mode = 'reply' | 'note'

function ModeSwitch({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
  const { t } = useTranslation('inbox')
  return (
    <SegmentedControl
      size="xs"
      className={classes.modes}
      aria-label={t('notes.mode')}
      value={mode}
      onChange={(next) => onMode(next as Mode)}
      data={[
        { value: 'reply', label: t('notes.reply') },
        { value: 'note', label: t('notes.note') },
      ]}
    />
  )
}

function Reply({ conversation, contact, field }: ComposerProps & { field: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useTranslation('inbox')
  const maySend = useAllowed('sendMessages')
  const maySeeTemplates = useAllowed('viewTemplates')
  const maySendTemplates = useAllowed('sendTemplates') && maySeeTemplates
  const optOutText = useOptOutText()
  const open = useByNow((now) => isWindowOpen(conversation, now))
  const [picking, setPicking] = useState(false)
  const send = useSend(conversation.id)
  const optedOut = contact ? optOutText(contact) : conversation.contact.optedOut ? '' : null
  if (optedOut !== null) {
    return <Lock icon={<IconBellOff size={20} aria-hidden />} title={t('composer.optedOut')} text={optedOut} />
  }
  return (
    <>
      {open && maySend ? (
        <WriteForm
          key={conversation.id}
          conversation={conversation}
          field={field}
          onTemplate={maySendTemplates ? () => setPicking(true) : undefined}
        />
      ) : null}
      {open && !maySend ? (
        <Lock icon={<IconLock size={20} aria-hidden />} title={t('composer.notAllowed')} text={t('composer.notAllowedText')} />
      ) : null}
      {open ? null : (
        <Lock
          icon={<IconClockOff size={20} aria-hidden />}
          title={t('composer.windowShut')}
          text={t(conversation.windowExpiresAt === null ? 'composer.windowNeverText' : 'composer.windowShutText')}
          action={maySendTemplates ? <TemplateButton onClick={() => setPicking(true)} /> : null}
        />
      )}
      {picking ? (
        <Suspense>
          <TemplatePicker
            phoneNumberId={conversation.phoneNumberId}
            onClose={() => setPicking(false)}
            onChoose={(template, text) => {
              send.mutate(templateTo(conversation, template, text))
              setPicking(false)
            }}
          />
        </Suspense>
      ) : null}
    </>
  )
}

function TemplateButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation('inbox')
  return (
    <Button size="xs" leftSection={<IconTemplate size={16} aria-hidden />} onClick={onClick}>
      {t('composer.chooseTemplate')}
    </Button>
  )
}

interface LockProps {
  icon: ReactNode
  title: string
  text: string
  action?: ReactNode
}

function Lock({ icon, title, text, action }: LockProps) {
  return (
    <div className={classes.lock} role="status">
      {icon}
      <div className={classes.grow} style={{ flexBasis: '12rem' }}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="xs" c="dimmed">
          {text}
        </Text>
      </div>
      {action}
    </div>
  )
}
