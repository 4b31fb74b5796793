// Contacts in columns; on a phone the name tells the rest.
import { Badge, Group, Table, Text } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { createColumnHelper, flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { TimeText } from '@/components/time_text'
import type { Contact } from '@/features/contacts/api/contacts'
import { showValue } from '@/features/contacts/attributes'
import { attributeOf, isFixed, type Column } from '@/features/contacts/columns'
import { ContactAvatar } from '@/features/contacts/components/contact_avatar'
import { ContactName } from '@/features/contacts/components/contact_name'
import classes from '@/features/contacts/components/contact_table.module.css'
import { TagList } from '@/features/contacts/components/tags_editor'
import { useColumnLabel } from '@/features/contacts/components/use_column_label'

const column = createColumnHelper<Contact>()
const tagsShown = 3

/** The same as long as nothing else is chosen: cells of new definitions would be made anew and lose the focus. */
function useColumnDefs(shown: Column[]) {
  const { t } = useTranslation('contacts')
  const label = useColumnLabel()
  return useMemo(
    () => [
      column.accessor('name', { header: t('fields.name'), cell: ({ row }) => <NameCell contact={row.original} /> }),
      ...shown.map((one) => column.display({ id: one, header: label(one), cell: ({ row }) => <Cell contact={row.original} column={one} /> })),
    ],
    [t, label, shown],
  )
}

function Cell({ contact, column: shown }: { contact: Contact; column: Column }) {
  const { t } = useTranslation('contacts')
  if (!isFixed(shown)) {
    const value = (contact.attributes as Record<string, unknown>)[attributeOf(shown)]
    return (
      <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
        <bdi>{value === undefined ? '' : showValue(value)}</bdi>
      </Text>
    )
  }
  switch (shown) {
    case 'phone':
      return <bdi dir="ltr">{contact.phone ?? '—'}</bdi>
    case 'tags':
      return <TagList tags={contact.tags} max={tagsShown} />
    case 'optOut':
      return (
        <Badge size="sm" variant="light" color={contact.optOut.status ? 'red' : 'brand'}>
          {t(contact.optOut.status ? 'list.out' : 'list.in')}
        </Badge>
      )
    case 'createdAt':
      return <TimeText at={contact.createdAt} />
  }
}

export function ContactTable({ contacts, columns }: { contacts: Contact[]; columns: Column[] }) {
  const { t } = useTranslation('contacts')
  const navigate = useNavigate()
  const table = useReactTable({
    data: contacts,
    columns: useColumnDefs(columns),
    getCoreRowModel: getCoreRowModel(),
    getRowId: ({ id }) => id,
  })
  return (
    <Table highlightOnHover verticalSpacing="xs" aria-label={t('list.name')} className={classes.table}>
      <Table.Thead>
        {table.getHeaderGroups().map((group) => (
          <Table.Tr key={group.id}>
            {group.headers.map(({ id, column: { columnDef }, getContext }) => (
              <Table.Th key={id} data-column={id} scope="col">
                {flexRender(columnDef.header, getContext())}
              </Table.Th>
            ))}
          </Table.Tr>
        ))}
      </Table.Thead>
      <Table.Tbody>
        {table.getRowModel().rows.map((row) => (
          // The name is the link; the rest of the row is there for the mouse.
          <Table.Tr key={row.id} className={classes.row} onClick={() => void navigate({ to: `/contacts/${row.id}` })}>
            {row.getVisibleCells().map(({ id, column: { id: columnId, columnDef }, getContext }) => (
              <Table.Td key={id} data-column={columnId}>
                {flexRender(columnDef.cell, getContext())}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function NameCell({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  return (
    <Group gap="sm" wrap="nowrap">
      <ContactAvatar contact={contact} size={34} />
      <div style={{ minWidth: 0 }}>
        <Link to={`/contacts/${contact.id}`} className={classes.name} onClick={(event) => event.stopPropagation()}>
          <ContactName contact={contact} />
        </Link>
        <Group gap={6} hiddenFrom="sm">
          <Text size="xs" c="dimmed">
            <bdi dir="ltr">{contact.phone}</bdi>
          </Text>
          {contact.optOut.status ? (
            <Badge size="xs" color="red" variant="light">
              {t('list.out')}
            </Badge>
          ) : null}
        </Group>
      </div>
    </Group>
  )
}
