// One message of a thread.
import { Group, Text, UnstyledButton } from '@mantine/core'
import {
  IconFile, IconMapPin, IconMicrophone, IconMoodSmile, IconPhoto, IconShoppingCart, IconSticker, IconTemplate,
  IconTrash, IconUserSquare, IconVideo, type Icon,
} from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'

import type { Message } from '@/features/messages/api/messages'
import { FormattedText } from '@/features/messages/components/formatted_text'
import classes from '@/features/messages/components/message_bubble.module.css'
import { MessageTicks } from '@/features/messages/components/message_ticks'
import { useFailureReason } from '@/features/messages/failure'
import { foldText } from '@/features/messages/fold'
import { isKnownType, isTextual, type KnownType } from '@/features/messages/preview'
import { dateFormat, numberFormat } from '@/lib/formats'
import { useWords } from '@/lib/words'

const typeIcons: Partial<Record<KnownType, Icon>> = {
  image: IconPhoto,
  video: IconVideo,
  document: IconFile,
  sticker: IconSticker,
  audio: IconMicrophone,
  location: IconMapPin,
  contacts: IconUserSquare,
  reaction: IconMoodSmile,
  order: IconShoppingCart,
  template: IconTemplate,
  revoke: IconTrash,
}

interface BubbleProps {
  message: Message
  /** What can be done about a message that failed. */
  actions?: ReactNode
  unsent?: boolean
}

export function MessageBubble({ message, actions, unsent = false }: BubbleProps) {
  const { t } = useWords('messages')
  const reason = useFailureReason()
  const { direction, type, body, status, timestamp } = message
  const outbound = direction === 'outbound'
  const ended = outbound && (status === 'failed' || status === 'cancelled')
  if (type === 'system') {
    return (
      <div className={classes.notice}>
        <span dir="auto">{body || t('types.system')}</span> · <Clock at={timestamp} />
      </div>
    )
  }
  const look = [classes.bubble, outbound ? classes.outbound : classes.inbound, unsent && classes.unsent, ended && classes.failed]
  return (
    <div className={look.filter(Boolean).join(' ')} role="article" aria-label={t(outbound ? 'from.us' : 'from.customer')}>
      {type === 'text' ? null : <TypeLine type={type} />}
      {body === '' ? null : <Body text={body} quiet={!isTextual(type) && type === 'unsupported'} />}
      <div className={classes.foot}>
        <Clock at={timestamp} />
        {outbound ? <MessageTicks status={status} /> : null}
      </div>
      {ended ? (
        <Text size="xs" className={classes.reason} role="status">
          {reason(message)}
        </Text>
      ) : null}
      {actions ? (
        <Group gap="xs" mt={4}>
          {actions}
        </Group>
      ) : null}
    </div>
  )
}

function Clock({ at }: { at: string }) {
  const { language } = useWords('messages')
  return <time dateTime={at}>{dateFormat(language, { timeStyle: 'short' }).format(new Date(at))}</time>
}

function TypeLine({ type }: { type: string }) {
  const { t } = useWords('messages')
  const known = isKnownType(type) ? type : 'unsupported'
  if (known === 'button' || known === 'interactive') return null
  const TypeIcon = typeIcons[known]
  return (
    <Group gap={6} wrap="nowrap" c="dimmed" fz="xs">
      {TypeIcon ? <TypeIcon size={16} stroke={1.6} aria-hidden /> : null}
      <span>{t(`types.${known}`)}</span>
    </Group>
  )
}

function Body({ text, quiet }: { text: string; quiet: boolean }) {
  const { t, language } = useWords('messages')
  const [whole, setWhole] = useState(false)
  const folded = foldText(text)
  const length = numberFormat(language).format(text.length)
  return (
    <>
      <div className={classes.text} dir="auto" style={quiet ? { opacity: 0.8 } : undefined}>
        <FormattedText text={whole || folded === null ? text : folded} />
        {whole || folded === null ? null : '…'}
      </div>
      {folded === null ? null : (
        <UnstyledButton fz="xs" fw={600} aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t('showLess') : t('showAll', { length })}
        </UnstyledButton>
      )}
    </>
  )
}
