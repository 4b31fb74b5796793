import { Button, Checkbox, Popover, ScrollArea, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Contact } from '@/features/contacts/api/contacts'
import { offeredColumns, type Column } from '@/features/contacts/columns'
import { useColumnLabel } from '@/features/contacts/components/use_column_label'

interface ColumnsMenuProps {
  contacts: Contact[]
  columns: Column[]
  onChange: (columns: Column[]) => void
}

export function ColumnsMenu({ contacts, columns, onChange }: ColumnsMenuProps) {
  const { t } = useTranslation('contacts')
  const label = useColumnLabel()
  const offered = offeredColumns(contacts, columns)
  return (
    <Popover position="bottom-end" trapFocus returnFocus transitionProps={{ duration: 100 }}>
      <Popover.Target>
        {/* A phone shows one column, whatever is chosen. */}
        <Button variant="default" visibleFrom="sm" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('columns.open')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('columns.open')}>
        <ScrollArea.Autosize mah={360}>
          <Checkbox.Group
            aria-label={t('columns.open')}
            value={columns}
            onChange={(chosen) => onChange(offered.filter((column) => chosen.includes(column)))}
          >
            <Stack gap="xs" pe="sm">
              {offered.map((column) => (
                <Checkbox key={column} value={column} label={label(column)} size="sm" />
              ))}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  )
}
