// All contacts: segments, filters, columns, adding, import and export. The filter is in the address.
import { Button, Group, Loader, Stack, Text } from '@mantine/core'
import { IconPlus, IconUpload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ExportButton } from '@/components/export_button'
import { LoadMore } from '@/components/load_more'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { paths } from '@/config/paths'
import { contactsQuery, type Contact } from '@/features/contacts/api/contacts'
import { openExport } from '@/features/contacts/api/export'
import { useColumns } from '@/features/contacts/columns'
import { ColumnsMenu } from '@/features/contacts/components/columns_menu'
import { ContactTable } from '@/features/contacts/components/contact_table'
import { CreateContactDialog } from '@/features/contacts/components/create_contact_dialog'
import { FilterBar } from '@/features/contacts/components/filter_bar'
import { NewContacts } from '@/features/contacts/components/new_contacts'
import { SegmentBar } from '@/features/contacts/components/segment_bar'
import { filterOfSearch, isFiltered, searchOf, type ContactFilter } from '@/features/contacts/filter'
import { useNewContacts } from '@/features/contacts/use_new_contacts'
import { Allowed, useAllowed } from '@/lib/permissions'
import { useLookingFurther } from '@/lib/use_looking_further'

export function ContactsPage() {
  const { t } = useTranslation('contacts')
  const mayCreate = useAllowed('createContacts')
  const [filter, setFilter] = useFilter()
  const [columns, setColumns] = useColumns()
  const [creating, setCreating] = useState(false)
  const { query, contacts, looking } = useContacts(filter)
  const fresh = useNewContacts(filter, contacts)
  const showNew = () => {
    fresh.show()
    window.scrollTo({ top: 0 })
  }
  const tags = useKnownTags(contacts.flatMap((contact) => contact.tags))
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('create.open')}
    </Button>
  )
  const actions = (
    <>
      <Allowed to="importContacts">
        <Button component={Link} to={paths.contactImports} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
          {t('import')}
        </Button>
      </Allowed>
      <Allowed to="exportContacts">
        <ExportButton name="contacts" open={(format, signal) => openExport(filter, format, signal)} />
      </Allowed>
      {mayCreate ? add : null}
    </>
  )
  const none = isFiltered(filter) ? (
    <EmptyState title={t('list.noMatch')} />
  ) : (
    <EmptyState title={t('list.empty')} text={t('list.emptyText')} action={mayCreate ? add : null} />
  )
  return (
    <Page title={t('title')} about={t('about')} actions={actions}>
      <Stack gap="sm">
        <SegmentBar filter={filter} onChange={setFilter} />
        <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
          <FilterBar filter={filter} tags={tags} onChange={setFilter} />
          <ColumnsMenu contacts={contacts} columns={columns} onChange={setColumns} />
        </Group>
        <QueryView query={query} empty={{ when: () => contacts.length === 0 && !query.hasNextPage, show: none }}>
          {() => (
            <Stack gap="sm" aria-busy={query.isPlaceholderData} opacity={query.isPlaceholderData ? 0.6 : 1}>
              <NewContacts count={fresh.count} onShow={showNew} />
              {contacts.length > 0 ? <ContactTable contacts={contacts} columns={columns} /> : null}
              {contacts.length === 0 && !looking ? <EmptyState title={t('list.noneYet')} /> : null}
              {looking ? <LookingFurther /> : <LoadMore query={query} />}
            </Stack>
          )}
        </QueryView>
      </Stack>
      {creating ? <CreateContactDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  )
}

function useFilter(): [ContactFilter, (filter: ContactFilter) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const text = JSON.stringify(search)
  const filter = useMemo(() => filterOfSearch(JSON.parse(text) as Record<string, unknown>), [text])
  const set = (changed: ContactFilter) => void navigate({ to: paths.contacts, search: searchOf(changed), replace: true })
  return [filter, set]
}

const screenOfContacts = 15
const pagesLookedThroughMax = 20

function useContacts(filter: ContactFilter) {
  const query = useInfiniteQuery(contactsQuery(filter))
  const contacts: Contact[] = useMemo(() => query.data?.pages.flatMap((page) => page.contacts) ?? [], [query.data])
  const looking = useLookingFurther(query, { found: contacts.length >= screenOfContacts, pagesMax: pagesLookedThroughMax })
  return { query, contacts, looking }
}

function LookingFurther() {
  const { t } = useTranslation('contacts')
  return (
    <Group justify="center" gap="xs" p="md" role="status">
      <Loader size="xs" aria-hidden />
      <Text size="sm" c="dimmed">
        {t('list.looking')}
      </Text>
    </Group>
  )
}

/** Tags that were seen so far: a filter must not take away the tags one could filter by. */
function useKnownTags(seen: string[]): string[] {
  const [known] = useState(() => new Set<string>())
  for (const tag of seen) known.add(tag)
  return [...known].sort((one, other) => one.localeCompare(other))
}
