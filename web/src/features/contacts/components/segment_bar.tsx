// The workspace's segments above the list: one chosen at a time, made from the filter as it is.
import { Button, Group, Menu, ScrollArea } from '@mantine/core'
import { IconBookmarkPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { RowMenu } from '@/components/row_menu'
import { segmentsQuery, type Segment } from '@/features/contacts/api/segments'
import { RemoveSegmentDialog, SegmentDialog } from '@/features/contacts/components/segment_dialogs'
import { everyone, hasConditions, type ContactFilter } from '@/features/contacts/filter'
import { useAllowed } from '@/lib/permissions'

interface SegmentBarProps {
  filter: ContactFilter
  onChange: (filter: ContactFilter) => void
}

type Opened = { act: 'add' } | { act: 'rename' | 'change' | 'remove'; segment: Segment }

export function SegmentBar({ filter, onChange }: SegmentBarProps) {
  const { t } = useTranslation('contacts')
  const mayEdit = useAllowed('editContacts')
  // Without an answer there is no bar: the list is there without it.
  const { data: segments = [] } = useQuery(segmentsQuery)
  const [opened, setOpened] = useState<Opened | null>(null)
  const chosen = segments.find(({ id }) => id === filter.segment)
  const maySave = mayEdit && hasConditions(filter)
  if (segments.length === 0 && !maySave) return null
  const close = () => setOpened(null)
  return (
    <Group gap="xs" wrap="nowrap">
      <ScrollArea scrollbarSize={4} style={{ minWidth: 0 }}>
        <Group gap={4} wrap="nowrap" role="group" aria-label={t('segments.name')}>
          {[null, ...segments].map((segment) => (
            <Button
              key={segment?.id ?? ''}
              size="compact-sm"
              style={{ flexShrink: 0 }}
              variant={filter.segment === (segment?.id ?? '') ? 'light' : 'subtle'}
              color={filter.segment === (segment?.id ?? '') ? undefined : 'gray'}
              aria-pressed={filter.segment === (segment?.id ?? '')}
              onClick={() => onChange(segment ? { ...everyone, segment: segment.id } : everyone)}
            >
              {segment ? <bdi>{segment.name}</bdi> : t('segments.all')}
            </Button>
          ))}
        </Group>
      </ScrollArea>
      {chosen && mayEdit ? (
        <RowMenu name={chosen.name}>
          <Menu.Item onClick={() => setOpened({ act: 'rename', segment: chosen })}>{t('segments.rename')}</Menu.Item>
          {hasConditions(filter) ? (
            <Menu.Item onClick={() => setOpened({ act: 'change', segment: chosen })}>{t('segments.change')}</Menu.Item>
          ) : null}
          <Menu.Item color="var(--mantine-color-error)" onClick={() => setOpened({ act: 'remove', segment: chosen })}>
            {t('segments.remove')}
          </Menu.Item>
        </RowMenu>
      ) : null}
      {maySave ? (
        <Button
          size="compact-sm"
          variant="subtle"
          style={{ flexShrink: 0 }}
          leftSection={<IconBookmarkPlus size={16} aria-hidden />}
          onClick={() => setOpened({ act: 'add' })}
        >
          {t('segments.add')}
        </Button>
      ) : null}
      {opened?.act === 'add' ? (
        <SegmentDialog conditions={filter.conditions} onClose={close} onSaved={({ id }) => onChange({ ...everyone, segment: id })} />
      ) : null}
      {opened?.act === 'rename' ? (
        <SegmentDialog segment={opened.segment} conditions={opened.segment.filter} onClose={close} />
      ) : null}
      {opened?.act === 'change' ? (
        <SegmentDialog
          segment={opened.segment}
          conditions={filter.conditions}
          onClose={close}
          onSaved={({ id }) => onChange({ ...everyone, segment: id })}
        />
      ) : null}
      {opened?.act === 'remove' ? (
        <RemoveSegmentDialog segment={opened.segment} onClose={close} onRemoved={() => onChange(everyone)} />
      ) : null}
    </Group>
  )
}
