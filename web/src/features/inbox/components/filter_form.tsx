// Filters on top of the folder, and saving all of it as a view.
import { Button, Checkbox, Select, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconBookmarkPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { folders, folderOf, isSameFilter, tidy, type ListFilter } from '@/features/inbox/filter'
import { useWorkspace } from '@/lib/workspace'

const typingPauseMs = 300

interface FormProps {
  filter: ListFilter
  onFilter: (filter: ListFilter) => void
  onSave: () => void
}

export function FilterForm({ filter, onFilter, onSave }: FormProps) {
  const { t } = useTranslation('inbox')
  const numbers = useWorkspace().data?.phoneNumbers ?? []
  const [tag, setTag] = useState(filter.tag ?? '')
  const change = (part: ListFilter) => onFilter(tidy({ ...filter, ...part }))
  const changeTag = useDebouncedCallback((text: string) => change({ tag: text.trim() }), { delay: typingPauseMs, flushOnUnmount: true })
  const folder = folderOf(filter)
  const plain = folder ? folders[folder] : { status: filter.status, assignee: filter.assignee }
  return (
    <Stack gap="xs">
      {numbers.length > 1 || filter.phoneNumberId ? (
        <Select
          size="xs"
          label={t('filter.number')}
          placeholder={t('filter.everyNumber')}
          clearable
          comboboxProps={{ withinPortal: false }}
          value={filter.phoneNumberId ?? null}
          onChange={(value) => change({ phoneNumberId: value ?? '' })}
          data={numbers.map(({ phoneNumberId, verifiedName, displayPhone }) => ({
            value: phoneNumberId,
            label: [verifiedName, displayPhone].filter(Boolean).join(' · '),
          }))}
        />
      ) : null}
      <TextInput
        size="xs"
        label={t('filter.tag')}
        data-autofocus
        dir="auto"
        value={tag}
        onChange={(event) => {
          setTag(event.currentTarget.value)
          changeTag(event.currentTarget.value)
        }}
      />
      <Checkbox
        size="sm"
        label={t('filter.unread')}
        checked={filter.unread ?? false}
        onChange={(event) => change({ unread: event.currentTarget.checked })}
      />
      <Button size="compact-sm" variant="light" leftSection={<IconBookmarkPlus size={15} aria-hidden />} onClick={onSave}>
        {t('views.saveThis')}
      </Button>
      {isSameFilter(filter, plain) ? null : (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          onClick={() => {
            changeTag.cancel()
            setTag('')
            onFilter(tidy(plain))
          }}
        >
          {t('filter.clear')}
        </Button>
      )}
    </Stack>
  )
}
