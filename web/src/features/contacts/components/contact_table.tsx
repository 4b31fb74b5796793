// Contacts in columns; on a phone the name tells the rest.
import { Badge, Group, Table, Text } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { createColumnHelper, flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { TimeText } from '@/components/time_text'
import type { Contact } from '@/features/contacts/api/contacts'
import { ContactAvatar } from '@/features/contacts/components/contact_avatar'
import { ContactName } from '@/features/contacts/components/contact_name'
import classes from '@/features/contacts/components/contact_table.module.css'
import { TagList } from '@/features/contacts/components/tags_editor'

const column = createColumnHelper<Contact>()
const tagsShown = 3

function useColumns() {
  const { t } = useTranslation('contacts')
  return useMemo(
    () => [
      column.accessor('name', { header: t('fields.name'), cell: ({ row }) => <NameCell contact={row.original} /> }),
      column.accessor('phone', {
        header: t('fields.phone'),
        cell: ({ getValue }) => <bdi dir="ltr">{getValue() ?? '—'}</bdi>,
      }),
      column.accessor('tags', { header: t('fields.tags'), cell: ({ getValue }) => <TagList tags={getValue()} max={tagsShown} /> }),
      column.accessor('optOut', {
        header: t('list.status'),
        cell: ({ getValue }) => (
          <Badge size="sm" variant="light" color={getValue().status ? 'red' : 'brand'}>
            {t(getValue().status ? 'list.out' : 'list.in')}
          </Badge>
        ),
      }),
      column.accessor('createdAt', { header: t('list.created'), cell: ({ getValue }) => <TimeText at={getValue()} /> }),
    ],
    [t],
  )
}

export function ContactTable({ contacts }: { contacts: Contact[] }) {
  const { t } = useTranslation('contacts')
  const navigate = useNavigate()
  const table = useReactTable({
    data: contacts,
    columns: useColumns(),
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
