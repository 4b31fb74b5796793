// Above the list: the search, which folder is shown, and filters by number, tag and what is unread.
import { ActionIcon, Badge, Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconFilter, IconSearch, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { viewsQuery } from '@/features/inbox/api/views'
import { FilterForm } from '@/features/inbox/components/filter_form'
import { Folders } from '@/features/inbox/components/folders'
import { NewViewDialog } from '@/features/inbox/components/view_dialogs'
import { folderOf, isSameFilter, type ListFilter } from '@/features/inbox/filter'
import { useShortcuts } from '@/features/inbox/use_shortcuts'

interface HeadProps {
  filter: ListFilter
  onFilter: (filter: ListFilter) => void
  search: string
  onSearch: (search: string) => void
}

export function ListHead({ filter, onFilter, search, onSearch }: HeadProps) {
  const { t } = useTranslation('inbox')
  const field = useRef<HTMLInputElement>(null)
  useShortcuts({ search: () => field.current?.focus() })
  const leave = () => {
    onSearch('')
    field.current?.blur()
  }
  return (
    <Stack gap={6} p="xs" pb={6}>
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
        <Group gap={4} wrap="nowrap" justify="space-between">
          <FolderButton filter={filter} />
          <FilterButton filter={filter} onFilter={onFilter} />
        </Group>
      ) : null}
    </Stack>
  )
}

/** The name of what is shown; on a phone, where there is no sidebar, the way to the others. */
function FolderButton({ filter }: { filter: ListFilter }) {
  const { t } = useTranslation('inbox')
  const [opened, setOpened] = useState(false)
  const view = useQuery(viewsQuery).data?.find((one) => isSameFilter(one.filter, filter))
  const folder = folderOf(filter)
  const name = view?.name ?? (folder ? t(`folders.${folder}`) : t('folders.other'))
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={250} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={t('folders.choose', { name })}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
          style={{ flexShrink: 1, minWidth: 0 }}
        >
          <Text size="sm" fw={600} truncate c="var(--mantine-color-text)">
            <bdi>{name}</bdi>
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={6} mah="70dvh" style={{ overflowY: 'auto' }} aria-label={t('folders.name')}>
        <Folders plain onChoose={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function FilterButton({ filter, onFilter }: Pick<HeadProps, 'filter' | 'onFilter'>) {
  const { t } = useTranslation('inbox')
  const [opened, setOpened] = useState(false)
  const [naming, setNaming] = useState(false)
  const used = [filter.phoneNumberId, filter.tag, folderOf(filter) === 'unread' ? false : filter.unread].filter(Boolean).length
  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" width={270} shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            size="compact-sm"
            variant={used > 0 ? 'light' : 'subtle'}
            color={used > 0 ? undefined : 'gray'}
            leftSection={<IconFilter size={14} aria-hidden />}
            rightSection={used > 0 ? <Badge size="xs" circle>{used}</Badge> : null}
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          >
            {t('filter.title')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('filter.title')}>
          <FilterForm
              filter={filter}
              onFilter={onFilter}
              onSave={() => {
                setOpened(false)
                setNaming(true)
              }}
            />
        </Popover.Dropdown>
      </Popover>
      {naming ? <NewViewDialog filter={filter} onClose={() => setNaming(false)} /> : null}
    </>
  )
}
