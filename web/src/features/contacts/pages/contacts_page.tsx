// All contacts: search, tag, add.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconSearch, IconTag } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { contactsQuery } from '@/features/contacts/api/contacts'
import { ContactTable } from '@/features/contacts/components/contact_table'
import { CreateContactDialog } from '@/features/contacts/components/create_contact_dialog'
import { useAllowed } from '@/lib/permissions'

const typingPauseMs = 250

export function ContactsPage() {
  const { t } = useTranslation('contacts')
  const mayCreate = useAllowed('createContacts')
  const [search, setSearch] = useState('')
  const [tag, setTag] = useState('')
  const [creating, setCreating] = useState(false)
  const [q] = useDebouncedValue(search.trim(), typingPauseMs)
  const query = useInfiniteQuery(contactsQuery({ q, tag }))
  const contacts = useMemo(() => query.data?.pages.flatMap((page) => page.contacts) ?? [], [query.data])
  const tags = useKnownTags(contacts.flatMap((contact) => contact.tags))
  const filtered = q !== '' || tag !== ''
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('create.open')}
    </Button>
  )
  return (
    <Page title={t('title')} about={t('about')} actions={mayCreate ? add : null}>
      <Group mb="sm" gap="xs">
        <TextInput
          type="search"
          aria-label={t('list.search')}
          placeholder={t('list.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          style={{ flex: '1 1 14rem' }}
          maw={360}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Select
          aria-label={t('list.tag')}
          placeholder={t('list.tag')}
          leftSection={<IconTag size={16} aria-hidden />}
          clearable
          searchable
          w={180}
          data={tags}
          value={tag || null}
          onChange={(value) => setTag(value ?? '')}
        />
      </Group>
      <QueryView
        query={query}
        empty={{
          when: () => contacts.length === 0,
          show: filtered ? (
            <EmptyState title={t('list.noMatch')} />
          ) : (
            <EmptyState title={t('list.empty')} text={t('list.emptyText')} action={mayCreate ? add : null} />
          ),
        }}
      >
        {() => (
          <>
            <ContactTable contacts={contacts} />
            {query.hasNextPage ? (
              <Group justify="center" mt="md">
                <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t('list.more')}
                </Button>
              </Group>
            ) : null}
          </>
        )}
      </QueryView>
      {creating ? <CreateContactDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  )
}

/** Tags that were seen so far: a filter must not take away the tags one could filter by. */
function useKnownTags(seen: string[]): string[] {
  const [known] = useState(() => new Set<string>())
  for (const tag of seen) known.add(tag)
  return [...known].sort((one, other) => one.localeCompare(other))
}
