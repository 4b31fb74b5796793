// Below a thread: where one writes, or why one cannot.
import { useState } from 'react'
import { Button, Text } from '@mantine/core'
import { IconBellOff, IconClockOff, IconLock, IconTemplate } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useOptOutText, type Contact } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'
import { templateTo, useSend } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { WriteForm } from '@/features/inbox/components/write_form'
import { isWindowOpen, windowLeft } from '@/features/inbox/window'
import { TemplatePicker } from '@/features/templates'
import { useAllowed } from '@/lib/permissions'
import { useNow } from '@/lib/use_now'

interface ComposerProps {
  conversation: Conversation
  contact: Contact | undefined
}

export function Composer({ conversation, contact }: ComposerProps) {
  const { t } = useTranslation('inbox')
  const maySend = useAllowed('sendMessages')
  const maySeeTemplates = useAllowed('viewTemplates')
  const maySendTemplates = useAllowed('sendTemplates') && maySeeTemplates
  const optOutText = useOptOutText()
  const now = useNow()
  const [picking, setPicking] = useState(false)
  const send = useSend(conversation.id)
  const optedOut = contact ? optOutText(contact) : null
  const templateButton = maySendTemplates ? (
    <Button size="xs" leftSection={<IconTemplate size={16} aria-hidden />} onClick={() => setPicking(true)}>
      {t('composer.chooseTemplate')}
    </Button>
  ) : null

  if (optedOut !== null) {
    return <Lock icon={<IconBellOff size={20} aria-hidden />} title={t('composer.optedOut')} text={optedOut} />
  }
  return (
    <>
      {isWindowOpen(conversation, now) && maySend ? (
        <WriteForm key={conversation.id} conversation={conversation} onTemplate={maySendTemplates ? () => setPicking(true) : undefined} />
      ) : isWindowOpen(conversation, now) ? (
        <Lock icon={<IconLock size={20} aria-hidden />} title={t('composer.notAllowed')} text={t('composer.notAllowedText')} />
      ) : (
        <Lock
          icon={<IconClockOff size={20} aria-hidden />}
          title={t('composer.windowShut')}
          text={t(windowLeft(conversation, now) === null ? 'composer.windowNeverText' : 'composer.windowShutText')}
          action={templateButton}
        />
      )}
      {picking ? (
        <TemplatePicker
          onClose={() => setPicking(false)}
          onChoose={(template, text) => {
            send.mutate(templateTo(conversation, template, text))
            setPicking(false)
          }}
        />
      ) : null}
    </>
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
    <div className={`${classes.composer} ${classes.lock}`} role="status">
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
