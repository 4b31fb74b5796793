import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { LoadMore } from '@/components/load_more'
import { useRoleName } from '@/components/permissions/role_name'
import { QueryView } from '@/components/query_view'
import { RowList } from '@/components/row_list'
import { EmptyState } from '@/components/states'
import { membersQuery } from '@/features/team/api/members'
import { rolesQuery } from '@/features/team/api/roles'
import { MemberRow } from '@/features/team/components/member_row'

const typingPauseMs = 250

export function MembersCard() {
  const { t } = useTranslation('team')
  const roleName = useRoleName()
  const [text, setText] = useState('')
  const [role, setRole] = useState('')
  const [q] = useDebouncedValue(text.trim(), typingPauseMs)
  const query = useInfiniteQuery({ ...membersQuery({ q, role }), placeholderData: keepPreviousData })
  const { data: roles = [] } = useQuery(rolesQuery)
  return (
    <Card title={t('members.title')}>
      <Group gap="xs" grow preventGrowOverflow={false}>
        <TextInput
          type="search"
          aria-label={t('members.search')}
          placeholder={t('members.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label={t('members.byRole')}
          maw={{ sm: 220 }}
          data={[
            { value: '', label: t('members.everyRole') },
            ...roles.map(({ id, name }) => ({ value: id, label: roleName(id, name) })),
          ]}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
        />
      </Group>
      <QueryView
        query={query}
        empty={{
          when: (members) => members.length === 0,
          show: <EmptyState title={t('members.noneFound')} text={t('members.noneFoundAbout')} />,
        }}
      >
        {(members) => (
          <RowList label={t('members.title')}>
            {members.map((member) => (
              <MemberRow key={member.id} member={member} />
            ))}
          </RowList>
        )}
      </QueryView>
      <LoadMore query={query} />
    </Card>
  )
}
