// The field one writes in: it grows, keeps a draft, shows how WhatsApp will format the text.
import { ActionIcon, Group, Text, Textarea, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconBold, IconCode, IconItalic, IconSend2, IconStrikethrough, IconTemplate } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { Conversation } from '@/features/inbox/api/conversations'
import { textTo, useSend } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { keepDraft, readDraft } from '@/features/inbox/drafts'
import { toggleMark } from '@/features/inbox/mark_text'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { FormattedText, hasMarks, parseMarks } from '@/features/messages'

const charactersMax = 4_096
const charactersShownFrom = 3_600

const markButtons = [
  { mark: '*', name: 'bold', icon: IconBold },
  { mark: '_', name: 'italic', icon: IconItalic },
  { mark: '~', name: 'strike', icon: IconStrikethrough },
  { mark: '```', name: 'mono', icon: IconCode },
] as const

interface WriteFormProps {
  conversation: Conversation
  onTemplate?: () => void
}

export function WriteForm({ conversation, onTemplate }: WriteFormProps) {
  const { t } = useTranslation('inbox')
  const { id } = conversation
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => readDraft(id))
  const send = useSend(id)
  // On a phone the keyboard's Enter makes lines; there is a button for sending.
  const touch = useMediaQuery('(pointer: coarse)')
  const parts = useMemo(() => parseMarks(text), [text])
  const length = [...text].length
  const sendable = text.trim() !== '' && length <= charactersMax
  useEffect(() => keepDraft(id, text), [id, text])
  useShortcuts({ reply: () => field.current?.focus() })

  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!sendable) return
    send.mutate(textTo(conversation, text.trim()))
    setText('')
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') field.current?.blur()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || touch) return
    event.preventDefault()
    submit()
  }
  const mark = (sign: string) => {
    const area = field.current
    if (!area) return
    const marked = toggleMark({ text, start: area.selectionStart, end: area.selectionEnd }, sign)
    setText(marked.text)
    area.focus()
    requestAnimationFrame(() => area.setSelectionRange(marked.start, marked.end))
  }

  return (
    <form className={classes.composer} onSubmit={submit}>
      {hasMarks(parts) ? (
        <div className={classes.formatted} dir="auto" role="region" aria-label={t('composer.preview')}>
          <FormattedText text={text} />
        </div>
      ) : null}
      <Textarea
        ref={field}
        aria-label={t('composer.label')}
        placeholder={t('composer.placeholder')}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={10}
        dir="auto"
        styles={{ input: { textAlign: 'start' } }} // of what is written, not of the page
        value={text}
        error={length > charactersMax ? t('composer.tooLong') : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Group gap={2} justify="space-between" wrap="nowrap">
        <Group gap={2} wrap="nowrap">
          {markButtons.map(({ mark: sign, name, icon: SignIcon }) => (
            <Tooltip key={name} label={t(`composer.marks.${name}`)}>
              <ActionIcon variant="subtle" color="gray" aria-label={t(`composer.marks.${name}`)} onClick={() => mark(sign)}>
                <SignIcon size={16} stroke={1.8} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ))}
          {onTemplate ? (
            <Tooltip label={t('composer.chooseTemplate')}>
              <ActionIcon variant="subtle" color="gray" aria-label={t('composer.chooseTemplate')} onClick={onTemplate}>
                <IconTemplate size={16} stroke={1.8} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ) : null}
        </Group>
        <Group gap="xs" wrap="nowrap">
          {length > charactersShownFrom ? (
            <Text size="xs" c={length > charactersMax ? 'var(--mantine-color-error)' : 'dimmed'}>
              {t('composer.left', { count: charactersMax - length })}
            </Text>
          ) : null}
          <Tooltip label={t('composer.sendHint')} disabled={touch}>
            <ActionIcon type="submit" size="lg" className={classes.send} disabled={!sendable} aria-label={t('composer.send')}>
              <IconSend2 size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
    </form>
  )
}
