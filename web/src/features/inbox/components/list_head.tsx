// Above the list: a search for people, and the filters.
import { ActionIcon, Group, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { ListFilter } from '@/features/inbox/api/conversations'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'

interface HeadProps {
  filter: ListFilter
  onFilter: (filter: ListFilter) => void
  search: string
  onSearch: (search: string) => void
}

export function ListHead({ filter, onFilter, search, onSearch }: HeadProps) {
  const { t } = useTranslation('inbox')
  const { data: me } = useMe()
  const seesAll = useAllowed('viewAllConversations')
  const field = useRef<HTMLInputElement>(null)
  useShortcuts({ search: () => field.current?.focus() })
  const leave = () => {
    onSearch('')
    field.current?.blur()
  }
  return (
    <Stack gap={8} p="xs" pb={8}>
      <TextInput
        ref={field}
        type="search"
        aria-label={t('search.label')}
        placeholder={t('search.label')}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          search === '' ? null : (
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('search.clear')} onClick={leave}>
              <IconX size={14} aria-hidden />
            </ActionIcon>
          )
        }
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && leave()}
      />
      {search.trim() === '' ? (
        <Group gap={8} wrap="nowrap">
          <SegmentedControl
            size="xs"
            style={{ flexGrow: 1 }}
            aria-label={t('filter.status')}
            value={filter.status}
            onChange={(status) => onFilter({ ...filter, status: status as ListFilter['status'] })}
            data={[
              { value: 'open', label: t('filter.open') },
              { value: 'resolved', label: t('filter.resolved') },
              { value: '', label: t('filter.all') },
            ]}
          />
          {seesAll ? (
            <Select
              size="xs"
              w={120}
              aria-label={t('filter.assignee')}
              allowDeselect={false}
              checkIconPosition="right"
              value={filter.assignee}
              onChange={(assignee) => onFilter({ ...filter, assignee: assignee ?? '' })}
              data={[
                { value: '', label: t('filter.everybody') },
                { value: me?.user.id ?? 'me', label: t('filter.mine') },
                { value: 'none', label: t('filter.nobody') },
              ]}
            />
          ) : null}
        </Group>
      ) : null}
    </Stack>
  )
}
