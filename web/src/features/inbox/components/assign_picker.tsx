// Who looks after a conversation, and giving it to somebody else: a list with a search.
import { Button, Combobox, Group, ScrollArea, useCombobox } from '@mantine/core'
import { IconCheck, IconUserCircle } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'

import { OwnLine } from '@/components/own_line'
import type { Act } from '@/features/inbox/api/acts'
import type { Conversation } from '@/features/inbox/api/conversations'
import { keyOf } from '@/features/inbox/shortcuts'
import { useColleagues } from '@/features/inbox/use_colleagues'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'

const nobody = ''

interface PickerProps {
  conversation: Conversation
  onAct: (act: Act) => void
}

export function AssignPicker(props: PickerProps) {
  const { assignee } = props.conversation
  if (useAllowed('assignConversations')) return <Picker {...props} />
  return assignee === null ? null : (
    <OwnLine size="xs" c="dimmed">
      {assignee.name}
    </OwnLine>
  )
}

function Picker({ conversation: { id, assigneeId, assignee }, onAct }: PickerProps) {
  const { t } = useTranslation('inbox')
  const { data: me } = useMe()
  const [search, setSearch] = useState('')
  const button = useRef<HTMLButtonElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
      button.current?.focus()
    },
  })
  const letters = search.trim()
  const { colleagues, isPending } = useColleagues({ conversationId: id, purpose: 'assign' }, combobox.dropdownOpened ? letters : null)
  const myId = me?.user.id ?? ''
  const give = (to: string) => {
    combobox.closeDropdown()
    const member = to === myId ? me?.user : colleagues.find((one) => one.id === to)
    if ((to || null) !== assigneeId) onAct({ kind: 'assign', to: member ? { id: member.id, name: member.name } : null })
  }
  // The field has the focus before the next key comes: its letters are the search, not shortcuts.
  const open = () => {
    flushSync(() => combobox.openDropdown())
    field.current?.focus({ preventScroll: true })
  }
  useShortcuts({
    assign: open,
    assignMe: () => give(myId),
  })
  const choices = [
    ...(colleagues.some((member) => member.id === myId) ? [{ id: myId, name: t('assign.toMe') }] : []),
    ...colleagues.filter((member) => member.id !== myId),
    ...(letters === '' ? [{ id: nobody, name: t('assign.nobody') }] : []),
  ]
  const sought = letters !== '' && choices.length > 0
  useEffect(() => {
    if (sought) combobox.selectFirstOption()
    else combobox.resetSelectedOption()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the store is a new object each time
  }, [sought, letters, choices.length])
  const shown = assigneeId === null ? t('assign.nobody') : assigneeId === myId ? t('assign.you') : (assignee?.name ?? t('assign.colleague'))
  return (
    <Combobox store={combobox} position="bottom-end" width={260} onOptionSubmit={give} shadow="md">
      <Combobox.Target withAriaAttributes={false} withKeyboardNavigation={false}>
        <Button
          ref={button}
          size="xs"
          variant="default"
          px={{ base: 7, xs: 'sm' }}
          aria-label={t('assign.label', { name: shown })}
          title={`${t('assign.title')} (${keyOf('assign')})`}
          aria-expanded={combobox.dropdownOpened}
          aria-haspopup="listbox"
          maw={150}
          onClick={() => (combobox.dropdownOpened ? combobox.closeDropdown() : open())}
        >
          <IconUserCircle size={16} stroke={1.6} aria-hidden />
          <OwnLine size="xs" ms={8} visibleFrom="xs">
            {shown}
          </OwnLine>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          ref={field}
          aria-label={t('assign.search')}
          placeholder={t('assign.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Combobox.Options aria-label={t('assign.title')}>
          <ScrollArea.Autosize mah={260} type="scroll">
            {choices.map((one) => (
              <Combobox.Option key={one.id} value={one.id} active={one.id === (assigneeId ?? nobody)}>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <OwnLine size="sm">{one.name}</OwnLine>
                  {one.id === (assigneeId ?? nobody) ? <IconCheck size={14} aria-hidden /> : null}
                </Group>
              </Combobox.Option>
            ))}
            {choices.length === 0 && !isPending ? <Combobox.Empty>{t('assign.none')}</Combobox.Empty> : null}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
