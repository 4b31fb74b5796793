// The field for a note; `@` offers colleagues to mention.
import { ActionIcon, Combobox, Group, Text, Textarea, useCombobox } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAt, IconSend2 } from '@tabler/icons-react'
import { useEffect, useMemo, useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import type { Conversation } from '@/features/inbox/api/conversations'
import { useAddNote } from '@/features/inbox/api/notes'
import classes from '@/features/inbox/components/inbox.module.css'
import { keepDraft, mentionsOf, noteOf, useDraft } from '@/features/inbox/drafts'
import { mentionAt, mentionsIn, putMention, type Mentioned } from '@/features/inbox/mentions'
import { useColleagues } from '@/features/inbox/use_colleagues'
import { isComposing } from '@/lib/is_composing'
import { useMe } from '@/lib/me'

const bytesMax = 8_192
const offeredMax = 8

interface NoteFormProps {
  conversation: Conversation
  field: RefObject<HTMLTextAreaElement | null>
}

export function NoteForm({ conversation: { id }, field }: NoteFormProps) {
  const { t } = useTranslation('inbox')
  const text = useDraft(noteOf(id))
  const setText = (next: string) => keepDraft(noteOf(id), next)
  const [cursor, setCursor] = useState(0)
  // Right after a chosen name nobody is offered: it may be a part of another one.
  const [nameEnd, setNameEnd] = useState(-1)
  const kept = useDraft(mentionsOf(id))
  const chosen = useMemo(() => (kept === '' ? [] : (JSON.parse(kept) as Mentioned[])), [kept])
  const { add, adding } = useAddNote(id)
  const { data: me } = useMe()
  // On a phone the keyboard's Enter makes lines; there is a button for adding.
  const touch = useMediaQuery('(pointer: coarse)')
  const combobox = useCombobox()
  const written = cursor === nameEnd ? null : mentionAt(text, cursor)
  const { colleagues } = useColleagues({ conversationId: id, purpose: 'mention' }, written)
  const offered = colleagues.filter((member) => member.id !== me?.user.id).slice(0, offeredMax)
  const offering = written !== null && offered.length > 0
  // The store is told after the drawing that ended the offer: Enter, pressed twice fast, put the name there twice.
  const takesKeys = offering && combobox.dropdownOpened
  useEffect(() => {
    if (!offering) return combobox.closeDropdown()
    combobox.openDropdown()
    combobox.selectFirstOption()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the store is a new object each time
  }, [offering, written, offered.length])

  const tooLong = new TextEncoder().encode(text).length > bytesMax
  const sendable = text.trim() !== '' && !tooLong && !adding
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!sendable) return
    add({ text: text.trim(), mentions: mentionsIn(text, chosen) })
    setText('')
  }
  const mention = (memberId: string) => {
    const member = offered.find((one) => one.id === memberId)
    if (!member) return
    const put = putMention(text, cursor, member.name)
    keepDraft(mentionsOf(id), JSON.stringify([...chosen, { id: memberId, name: member.name }]))
    write(put.text, put.cursor)
    setNameEnd(put.cursor)
  }
  const write = (next: string, at: number) => {
    setText(next)
    setCursor(at)
    field.current?.focus()
    requestAnimationFrame(() => field.current?.setSelectionRange(at, at))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (takesKeys || isComposing(event.nativeEvent)) return
    if (event.key === 'Escape') field.current?.blur()
    if (event.key === 'Enter' && !event.shiftKey && !touch) submit(event)
  }
  return (
    <form onSubmit={submit}>
      <Combobox store={combobox} position="top-start" width={260} onOptionSubmit={mention} shadow="md">
        <Combobox.Target withKeyboardNavigation={takesKeys} autoComplete="off">
          <Textarea
            ref={field}
            aria-label={t('notes.note')}
            placeholder={t('notes.placeholder')}
            variant="unstyled"
            autosize
            minRows={1}
            maxRows={10}
            dir="auto"
            value={text}
            error={tooLong ? t('notes.tooLong') : undefined}
            onChange={(event) => {
              setText(event.currentTarget.value)
              setCursor(event.currentTarget.selectionStart)
              setNameEnd(-1)
            }}
            onKeyDown={onKeyDown}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!offering}>
          <Combobox.Options aria-label={t('notes.mention')}>
            {offered.map(({ id: memberId, name, roleName }) => (
              <Combobox.Option key={memberId} value={memberId}>
                <Text size="sm" truncate>
                  <bdi>{name}</bdi>{' '}
                  <Text span size="xs" c="dimmed">
                    {roleName}
                  </Text>
                </Text>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <Group justify="space-between" wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('notes.mention')}
          onClick={() => write(`${text}${text === '' || text.endsWith(' ') ? '' : ' '}@`, text.length + 2)}
        >
          <IconAt size={16} stroke={1.8} aria-hidden />
        </ActionIcon>
        <ActionIcon type="submit" size="lg" color="orange.9" className={classes.send} disabled={!sendable} loading={adding} aria-label={t('notes.add')}>
          <IconSend2 size={18} aria-hidden />
        </ActionIcon>
      </Group>
    </form>
  )
}
