// The field one writes answers in: it grows, keeps a draft, shows how WhatsApp will format the text; `/`
// at the start of a word offers quick replies.
import { ActionIcon, Combobox, Group, Text, Textarea, Tooltip, useCombobox } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconSend2 } from '@tabler/icons-react'
import { Suspense, useMemo, useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import type { Conversation } from '@/features/inbox/api/conversations'
import { textTo, useSend } from '@/features/inbox/api/send'
import classes from '@/features/inbox/components/inbox.module.css'
import { WriteTools } from '@/features/inbox/components/write_tools'
import { keepDraft, readDraft, useDraft } from '@/features/inbox/drafts'
import { toggleMark, type Selected } from '@/features/inbox/mark_text'
import { useQuickReply } from '@/features/inbox/use_quick_reply'
import { FormattedText, hasMarks, parseMarks } from '@/features/messages'
import { ManageQuickReplies, QuickReplyOptions, QuickReplyStatus } from '@/features/quick_replies'
import { isComposing } from '@/lib/is_composing'
import { noteTyping } from '@/lib/live/live'

const charactersMax = 4_096
const charactersShownFrom = 3_600

interface WriteFormProps {
  conversation: Conversation
  field: RefObject<HTMLTextAreaElement | null>
  onTemplate?: () => void
}

export function WriteForm({ conversation, field, onTemplate }: WriteFormProps) {
  const { t } = useTranslation('inbox')
  const { id } = conversation
  const text = useDraft(id)
  const setText = (next: string) => keepDraft(id, next)
  const [cursor, setCursor] = useState(0)
  const send = useSend(id)
  // On a phone the keyboard's Enter makes lines; there is a button for sending.
  const touch = useMediaQuery('(pointer: coarse)')
  const parts = useMemo(() => parseMarks(text), [text])
  const length = [...text].length
  const sendable = text.trim() !== '' && length <= charactersMax

  const write = (next: string, start: number, end = start) => {
    setText(next)
    setCursor(end)
    field.current?.focus()
    requestAnimationFrame(() => field.current?.setSelectionRange(start, end))
  }
  // Also after a wait, when the text is another one than what was drawn.
  const selected = (): Selected => {
    const now = readDraft(id)
    const { selectionStart: start = now.length, selectionEnd: end = now.length } = field.current ?? {}
    return { text: now, start, end }
  }
  const insert = (what: string) => {
    const { start, end } = selected()
    write(text.slice(0, start) + what + text.slice(end), start + what.length)
  }
  const mark = (sign: string) => {
    const marked = toggleMark(selected(), sign)
    write(marked.text, marked.start, marked.end)
  }
  const combobox = useCombobox()
  const [managing, setManaging] = useState(false)
  const quick = useQuickReply({ text, cursor, contactId: conversation.contactId, combobox, selected, write, manage: () => setManaging(true) })

  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (!sendable) return
    field.current?.focus()
    if (quick.holdsBack(event.type === 'keydown')) return
    send.mutate(textTo(conversation, text.trim()))
    setText('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && quick.offering) return quick.dismiss()
    if (event.key === 'Enter' && quick.takesEnter()) return
    if (event.key === 'Escape') field.current?.blur()
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event.nativeEvent) || touch) return
    submit(event)
  }

  return (
    <>
      <form onSubmit={submit}>
        {hasMarks(parts) ? (
          <div className={classes.formatted} dir="auto" role="region" aria-label={t('composer.preview')}>
            <FormattedText text={text} />
          </div>
        ) : null}
        <QuickReplyStatus offering={quick.offering} state={quick.state} />
        <Combobox store={combobox} position="top-start" width="target" onOptionSubmit={quick.choose} shadow="md">
          <Combobox.Target withKeyboardNavigation={quick.offering} autoComplete="off">
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
              onChange={(event) => {
                setText(event.currentTarget.value)
                noteTyping(id)
                setCursor(event.currentTarget.selectionStart)
              }}
              onKeyDown={onKeyDown}
            />
          </Combobox.Target>
          <Combobox.Dropdown hidden={!quick.offering}>
            {quick.offering ? (
              <QuickReplyOptions replies={quick.replies} letters={quick.letters} state={quick.state} heldBack={quick.heldBack} />
            ) : null}
          </Combobox.Dropdown>
        </Combobox>
        <Group gap={2} justify="space-between" wrap="nowrap">
          <WriteTools
            onMark={mark}
            onEmoji={insert}
            onQuickReply={() => insert(text === '' || /\s$/.test(text.slice(0, selected().start)) ? '/' : ' /')}
            onManage={() => setManaging(true)}
            onTemplate={onTemplate}
          />
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
      {/* Outside, as what is saved there is not sent. */}
      {managing ? (
        <Suspense>
          <ManageQuickReplies onClose={() => setManaging(false)} />
        </Suspense>
      ) : null}
    </>
  )
}
