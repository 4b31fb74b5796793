// Every workspace of the installation: its size and state, not what is in it.
import { Group, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { LoadMore } from '@/components/load_more'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { states, tenantsQuery, type State } from '@/features/operator/api/workspaces'
import { TenantList } from '@/features/operator/components/tenant_list'

const typingPauseMs = 300

export function WorkspacesPage() {
  const { t } = useTranslation('operator')
  const [text, setText] = useState('')
  const [state, setState] = useState<State>('all')
  const [settled] = useDebouncedValue(text.trim(), typingPauseMs)
  const query = useInfiniteQuery({ ...tenantsQuery({ text: settled, state }), placeholderData: keepPreviousData })
  const filtered = settled !== '' || state !== 'all'
  return (
    <Page title={t('workspaces.title')} about={t('workspaces.about')}>
      <Stack>
        <Group role="search" aria-label={t('workspaces.filter')} gap="sm">
          <TextInput
            aria-label={t('workspaces.search')}
            placeholder={t('workspaces.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maxLength={60}
            style={{ flex: '1 1 240px' }}
          />
          <SegmentedControl
            aria-label={t('workspaces.state')}
            data={states.map((value) => ({ value, label: t(`workspaces.states.${value}`) }))}
            value={state}
            onChange={(value) => setState(states.find((one) => one === value) ?? 'all')}
          />
        </Group>
        <Card title={t('workspaces.list')}>
          <QueryView
            query={query}
            empty={{
              when: (tenants) => tenants.length === 0,
              show: (
                <EmptyState
                  title={t(filtered ? 'workspaces.noneFound' : 'workspaces.none')}
                  text={t(filtered ? 'workspaces.noneFoundAbout' : 'workspaces.noneAbout')}
                />
              ),
            }}
          >
            {(tenants) => <TenantList tenants={tenants} busy={query.isPlaceholderData} />}
          </QueryView>
          <LoadMore query={query} />
        </Card>
      </Stack>
    </Page>
  )
}
